import { DroverError } from '../../../contracts/engine/failures';
import type { ObjectProperties } from '../../../storage/object-store';
import { StoreError } from '../../../storage/store-error';
import type { SourceRow } from '../../sources/row';
import type { SourceContext } from '../../sources/source';
import { mergeTold, type Told, type ToldRow } from '../common/told';
import type { RowMember } from '../definition';

const ENCRYPTIONS: Readonly<Record<string, string>> = {
  AES256: 'SSE-S3',
  'aws:kms': 'SSE-KMS',
  'aws:kms:dsse': 'DSSE-KMS',
};
/** S3 refuses HeadObject and GetObject for such an object with 400 to those who do not send its key. */
const SAYS_CUSTOMER_KEY = /server side encryption/i;

/**
 * The row with what its store tells of the object; undefined for an object that is gone. Rejects with `DroverError` for an object
 * that the role may not read, and with `StoreError` while the store is out of reach.
 */
export async function askObject(
  row: SourceRow,
  needs: ReadonlySet<RowMember>,
  context: SourceContext,
): Promise<ToldRow | undefined> {
  const { bucket, key, versionId } = row;
  const store = context.storeFor(bucket);
  try {
    const input = { Bucket: bucket, Key: key, VersionId: versionId };
    const found = await store.describeObject(input, { signal: context.signal });
    const isAskedForRules = needs.has('eligibleForReplication');
    const eligibleForReplication = isAskedForRules ? await context.isTakenByRule(row, found) : undefined;
    // HeadObject answers with an object: without a version id, with the newest.
    const isLatest = versionId === undefined ? true : undefined;
    return mergeTold(row, { ...toldBy(found), isLatest, isDeleteMarker: false, eligibleForReplication });
  } catch (error) {
    if (!(error instanceof StoreError) || error.storeDown) throw error;
    if (error.httpStatus === 404) return undefined;
    if (error.httpStatus === 400 && SAYS_CUSTOMER_KEY.test(error.message)) {
      return mergeTold(row, { encryption: 'SSE-C' });
    }
    throw notTold(row, needs, error);
  }
}

/** The filter can't be decided for an object: neither in nor out would be right. */
export function notTold(
  { bucket, key }: SourceRow,
  needs: ReadonlySet<RowMember | 'When'>,
  cause?: StoreError,
): DroverError {
  const why = cause === undefined ? 'its store does not tell' : cause.told;
  const message = `The filter needs ${[...needs].join(', ')} of s3://${bucket}/${key}: ${why}`;
  return new DroverError('SourceNotTold', message, { cause });
}

/** HeadObject leaves out what is so by itself: the class STANDARD, no encryption, no replication. */
function toldBy(found: ObjectProperties): Told {
  const { contentLength, lastModified, storageClass = 'STANDARD', etag, versionId = 'null' } = found;
  const { serverSideEncryption, sseKmsKeyId, bucketKeyEnabled, replicationStatus = 'NONE' } = found;
  return {
    size: contentLength,
    lastModifiedMs: lastModified?.getTime(),
    storageClass,
    etag: etag === '' ? undefined : etag,
    versionId,
    encryption: serverSideEncryption === undefined ? 'NOT-SSE' : ENCRYPTIONS[serverSideEncryption],
    kmsKeyArn: sseKmsKeyId,
    bucketKeyEnabled: bucketKeyEnabled ?? (serverSideEncryption === 'aws:kms' ? false : undefined),
    replicationStatus,
  };
}
