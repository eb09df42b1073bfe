import { type Setup, SOURCE, TARGET } from '../setup';

const TargetResource = `arn:aws:s3:::${TARGET}`;

export const setup: Setup = {
  needed: [`read ${SOURCE}`],
  method: 'describeObject',
  readOnly: true,
  done: ({ store }, { bucket, key, versionId }) =>
    store.calls.some((call) => {
      const { VersionId } = call.input as { readonly VersionId?: string };
      return call.method === 'describeObject' && call.bucket === bucket && call.key === key && VersionId === versionId;
    }),
  invalid: [
    [{ Exists: false, SizeBytes: 1 }, 'SizeBytes'],
    [{ SizeBytes: -1 }, 'SizeBytes'],
    [{ Checksum: { Algorithm: 'CRC32', Value: 'not base64' } }, 'Checksum.Value'],
    [{ Checksum: { Algorithm: 'SHA256', Value: 'bS9TOQ==' } }, 'Checksum.Value'],
    [{ TagSet: [] }, 'TagSet'],
    [{ UserMetadata: {} }, 'UserMetadata'],
    [{ Against: {} }, 'Against.TargetResource'],
    [{ Against: { TargetResource, Compare: [] } }, 'Against.Compare'],
    [{ Against: { TargetResource, Compare: ['Size', 'Size'] } }, 'Against.Compare'],
    [{ Against: { TargetResource, TargetKey: '{oops}' } }, 'Against.TargetKey'],
    [{ Against: { TargetResource, TargetKey: '{key}', TargetKeyPrefix: 'a' } }, 'Against.TargetKey'],
  ],
};
