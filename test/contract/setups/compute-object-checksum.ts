import { type Setup, SOURCE } from '../setup';

export const setup: Setup = {
  needed: [`read ${SOURCE}`],
  method: 'getObject',
  parameters: { ChecksumAlgorithm: 'SHA256' },
  readOnly: true,
  done: ({ store }, { bucket, key, versionId }) =>
    store.calls.some((call) => {
      const { VersionId } = call.input as { readonly VersionId?: string };
      return call.method === 'getObject' && call.bucket === bucket && call.key === key && VersionId === versionId;
    }),
  invalid: [
    [{ ChecksumAlgorithm: 'CRC16' }, 'ChecksumAlgorithm'],
    [{ ChecksumType: 'PARTIAL' }, 'ChecksumType'],
    [{ ChecksumType: 'COMPOSITE' }, 'ChecksumType'],
    [{ ChecksumType: 'COMPOSITE', ChecksumAlgorithm: 'CRC64NVME' }, 'ChecksumType'],
  ],
  rows: { archived: { status: 'failed', httpStatus: 403, errorCode: 'InvalidObjectState' } },
};
