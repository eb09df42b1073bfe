/** ListObjectsV2 and ListObjectVersions over the wire. */
import type { ObjectsPage, ObjectVersionsPage } from '../../../storage/object-store';
import { type Element, quoted, text, type WireAnswer, xmlAnswer } from './answers';

interface Request {
  readonly EncodingType?: string;
  readonly Prefix?: string;
}

export function listedObjects({ objects, next }: ObjectsPage, request: Request): WireAnswer {
  const { key, encoding } = encoder(request);
  return xmlAnswer('ListBucketResult', {
    ...encoding,
    Prefix: key(request.Prefix),
    IsTruncated: next !== undefined,
    NextContinuationToken: next?.ContinuationToken,
    Contents: objects.map((each) => ({ Key: key(each.key), Size: each.size, ETag: quoted(each.etag) })),
  });
}

/** Versions and delete markers alternate as S3 has them. */
export function listedVersions({ versions, next }: ObjectVersionsPage, request: Request): WireAnswer {
  const { key, encoding } = encoder(request);
  const head = xmlAnswer('ListVersionsResult', {
    ...encoding,
    Prefix: key(request.Prefix),
    IsTruncated: next !== undefined,
    NextKeyMarker: key(next?.KeyMarker),
    NextVersionIdMarker: next?.VersionIdMarker,
  });
  const entries = versions.map((each) => {
    const { versionId, isLatest, lastModified } = each;
    const content = { Key: key(each.key), VersionId: versionId, IsLatest: isLatest, LastModified: lastModified };
    return text({ [each.isDeleteMarker ? 'DeleteMarker' : 'Version']: content });
  });
  const close = '</ListVersionsResult>';
  return { ...head, body: Buffer.from(head.body.toString().replace(close, () => entries.join('') + close)) };
}

function encoder({ EncodingType }: Request): {
  readonly key: (value: string | undefined) => string | undefined;
  readonly encoding: { readonly EncodingType?: Element };
} {
  if (EncodingType !== 'url') return { key: (value) => value, encoding: {} };
  return { key: (value) => value && encodeURIComponent(value), encoding: { EncodingType } };
}
