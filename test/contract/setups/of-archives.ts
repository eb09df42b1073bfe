/** Operations on archives of vaults: what the suite must know of their parameters. Their tasks are tested in test/unit/operations/vaults. */
import type { Setup } from '../setup';

const TARGET = { TargetResource: 'arn:aws:s3:::home' };

export const INVALID_OF_ARCHIVES: Readonly<Record<string, Setup['invalid']>> = {
  GlacierDeleteArchive: [
    [{}, 'TargetResource'],
    [{ ...TARGET, TargetKeyPrefix: '../a' }, 'TargetKeyPrefix'],
    [{ ...TARGET, TargetKeyPrefix: 'a', TargetKey: '{key}' }, 'TargetKey'],
  ],
  GlacierRetrieveInventory: [
    [TARGET, 'TargetKeyPrefix'],
    [{ TargetKeyPrefix: 'a' }, 'TargetResource'],
    [{ ...TARGET, TargetKeyPrefix: '../a' }, 'TargetKeyPrefix'],
    [{ ...TARGET, TargetKeyPrefix: 'a', LookSeconds: 0 }, 'LookSeconds'],
  ],
  GlacierRetrieveArchive: [
    [{}, 'TargetResource'],
    [{ TargetResource: 'home' }, 'TargetResource'],
    [{ ...TARGET, TargetKey: '{nothing}' }, 'TargetKey'],
    [{ ...TARGET, TargetKey: '{key}', TargetKeyPrefix: 'a' }, 'TargetKey'],
    [{ ...TARGET, GlacierJobTier: 'FAST' }, 'GlacierJobTier'],
    [{ ...TARGET, MaxRetrievalsInFlight: 0 }, 'MaxRetrievalsInFlight'],
    [{ ...TARGET, MaxRetrievalsInFlight: 10_001 }, 'MaxRetrievalsInFlight'],
    [{ ...TARGET, MaxBytesPerHour: 0 }, 'MaxBytesPerHour'],
    [{ ...TARGET, MaxCostPerHour: 0, PricePerGB: 1 }, 'MaxCostPerHour'],
    [{ ...TARGET, MaxCostPerHour: 5 }, 'MaxCostPerHour'],
    [{ ...TARGET, PricePerGB: 0.01 }, 'PricePerGB'],
    [{ ...TARGET, PricePerThousandRetrievals: 0.05 }, 'PricePerThousandRetrievals'],
    [{ ...TARGET, LookSeconds: 0 }, 'LookSeconds'],
  ],
};
