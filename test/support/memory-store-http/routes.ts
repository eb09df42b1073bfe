/** Which S3 call a request is, by method, path, subresource and copy source ("Actions", Amazon S3 API Reference). */
import * as S3 from '@aws-sdk/client-s3';
import { refusal } from '../memory-store/refusals';

export type CallSchema = typeof S3.CopyObject$;

/** A request as any server has it. Header values have one character for each octet. */
export interface WireRequest {
  readonly method: string;
  /** Without the query; percent-encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** By `METHOD subresource`, of buckets and of objects; without a subresource it is the plain call. */
const OF_OBJECT: Readonly<Record<string, unknown>> = {
  'PUT tagging': S3.PutObjectTagging$,
  'PUT acl': S3.PutObjectAcl$,
  'PUT legal-hold': S3.PutObjectLegalHold$,
  'PUT retention': S3.PutObjectRetention$,
  'PUT encryption': S3.UpdateObjectEncryption$,
  'PUT uploadId': S3.UploadPart$,
  'PUT ': S3.PutObject$,
  'COPY uploadId': S3.UploadPartCopy$,
  'COPY ': S3.CopyObject$,
  'POST restore': S3.RestoreObject$,
  'POST uploads': S3.CreateMultipartUpload$,
  'POST uploadId': S3.CompleteMultipartUpload$,
  'DELETE tagging': S3.DeleteObjectTagging$,
  'DELETE uploadId': S3.AbortMultipartUpload$,
  'DELETE ': S3.DeleteObject$,
  'GET tagging': S3.GetObjectTagging$,
  'GET acl': S3.GetObjectAcl$,
  'GET legal-hold': S3.GetObjectLegalHold$,
  'GET retention': S3.GetObjectRetention$,
  'GET uploadId': S3.ListParts$,
  'GET ': S3.GetObject$,
  'HEAD ': S3.HeadObject$,
};
const OF_BUCKET: Readonly<Record<string, unknown>> = {
  'GET versions': S3.ListObjectVersions$,
  'GET uploads': S3.ListMultipartUploads$,
  'GET object-lock': S3.GetObjectLockConfiguration$,
  'GET replication': S3.GetBucketReplication$,
  'GET list-type': S3.ListObjectsV2$,
  'POST delete': S3.DeleteObjects$,
  'HEAD ': S3.HeadBucket$,
};
const SUBRESOURCES = new Set(
  [...Object.keys(OF_OBJECT), ...Object.keys(OF_BUCKET)].map((route) => route.split(' ')[1]).filter(Boolean),
);

/** Throws 501 for what this server does not know, as a store should. */
export function callOf({ method, path, query, headers }: WireRequest): CallSchema {
  const [, , ...key] = path.split('/');
  const ofObject = key.join('/') !== '';
  // Parameters without a value are subresources, also those that are not in the tables.
  const subresource = [...query].find(([name, value]) => SUBRESOURCES.has(name) || value === '')?.[0] ?? '';
  const verb = method === 'PUT' && headers['x-amz-copy-source'] !== undefined ? 'COPY' : method;
  const schema = (ofObject ? OF_OBJECT : OF_BUCKET)[`${verb} ${subresource}`];
  if (schema === undefined) throw refusal('NotImplemented', 501, `${method} ?${subresource} is not implemented`);
  return schema as CallSchema;
}

export function bucketAndKey(path: string): { readonly bucket: string; readonly key: string } {
  const [, bucket = '', ...key] = path.split('/');
  return { bucket: decodeURIComponent(bucket), key: decodeURIComponent(key.join('/')) };
}
