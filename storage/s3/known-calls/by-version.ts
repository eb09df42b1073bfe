import type { AwsOperation } from '../../aws/operation';
import { type AnswerHeaders, single } from '../../http/answer-headers';
import { StoreError } from '../../store-error';
import { S3_OPERATIONS } from '../s3-operations';
import type { Finding } from './findings';
import { notKnown, type ProbedObject, type ProbeParts } from './probe';

/** What was stored without versioning. */
export const NULL_VERSION = 'null';

/**
 * Whether the store looks at the version of a request: it names that one, or says that it is a delete marker. Where there is no such
 * version, there is nothing to be hit by mistake. Rejects with `StoreError` for what the store does not let us see.
 */
export async function provenByVersion(parts: ProbeParts, call: AwsOperation, object: ProbedObject): Promise<Finding> {
  const { VersionId: wanted = NULL_VERSION } = object;
  let headers: AnswerHeaders;
  try {
    ({ headers } = await parts.client.call(S3_OPERATIONS.headObject, object.Bucket, object, parts.signal));
  } catch (error) {
    return ofRefusal(call, error);
  }
  const other = otherVersion(wanted, headers);
  if (other === undefined) return 'known';
  return notKnown(parts, call, `asked for version ${wanted}, it answered with ${other}`);
}

/** What an answer is about, where that is another version than the one that was asked for. */
export function otherVersion(wanted: string, headers: AnswerHeaders): string | undefined {
  const versionId = single(headers['x-amz-version-id']);
  // A store without versions has that one, and does not name it.
  if (versionId === wanted || (versionId === undefined && wanted === NULL_VERSION)) return undefined;
  return versionId === undefined ? 'an object without a version' : `version ${versionId}`;
}

function ofRefusal({ name }: AwsOperation, error: unknown): Finding {
  if (!(error instanceof StoreError)) throw error;
  const { httpStatus, code, message, requestId } = error;
  // "Working with delete markers", S3 user guide.
  if (httpStatus === 405) return 'known';
  // 400: an id of another form than the store's own.
  if (httpStatus === 404 || httpStatus === 400) return 'harmless';
  if (httpStatus !== 403) throw error;
  const text = `${message} (${name} is sent once the store is seen to look at versions: the role needs s3:GetObjectVersion)`;
  throw new StoreError(code, httpStatus, text, { requestId });
}
