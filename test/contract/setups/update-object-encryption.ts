import { type Setup, SOURCE } from '../setup';

const KMSKeyArn = 'arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab';

export const setup: Setup = {
  needed: [`write ${SOURCE}`],
  method: 'updateObjectEncryption',
  done: ({ store }, { bucket, key, versionId }) => {
    const encryption = store.peek(bucket, key, versionId)?.encryption;
    return encryption?.ServerSideEncryption === 'aws:kms' && encryption.SSEKMSKeyId === KMSKeyArn;
  },
  rows: { locked: { status: 'failed', httpStatus: 403, errorCode: 'AccessDenied' } },
  invalid: [
    [{}, 'ObjectEncryption'],
    [{ ObjectEncryption: {} }, 'ObjectEncryption.SSEKMS'],
    [{ ObjectEncryption: { SSEKMS: {} } }, 'ObjectEncryption.SSEKMS.KMSKeyArn'],
    [
      { ObjectEncryption: { SSEKMS: { KMSKeyArn: 'arn:aws:kms:us-east-1:123456789012:alias/mine' } } },
      'ObjectEncryption.SSEKMS.KMSKeyArn',
    ],
    [{ ObjectEncryption: { SSEKMS: { KMSKeyArn }, SSES3: {} } }, 'ObjectEncryption.SSES3'],
  ],
};
