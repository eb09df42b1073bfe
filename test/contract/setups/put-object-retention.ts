import { type Setup, SOURCE } from '../setup';

const until = '2036-01-01T00:00:00Z';

export const setup: Setup = {
  needed: [`write ${SOURCE}`],
  method: 'putObjectRetention',
  bucket: { objectLock: true },
  callsBefore: ['hasObjectLock'],
  done: ({ store }, task) => {
    const { Mode, RetainUntilDate } = store.peek(task.bucket, task.key, task.versionId)?.retention ?? {};
    return Mode === 'GOVERNANCE' && RetainUntilDate?.getTime() === Date.parse(until);
  },
  invalid: [
    [{}, 'Retention'],
    [{ Retention: { Mode: 'GOVERNANCE' } }, 'Retention.RetainUntilDate'],
    [{ Retention: { RetainUntilDate: until } }, 'Retention.Mode'],
    [{ Retention: { Mode: 'NONE', RetainUntilDate: until } }, 'Retention.Mode'],
    [{ Retention: { Mode: 'GOVERNANCE', RetainUntilDate: '2036-01-01' } }, 'Retention.RetainUntilDate'],
    [{ Retention: { EventHold: 'PERHAPS' } }, 'Retention.EventHold'],
    [{ Retention: { EventHold: 'OFF', EventHoldDuration: { Days: 1 } } }, 'Retention.EventHoldDuration'],
    [{ Retention: { EventHold: 'ON', EventHoldDuration: {} } }, 'Retention.EventHoldDuration'],
    [{ Retention: { EventHold: 'ON', EventHoldDuration: { Days: 1, Years: 1 } } }, 'Retention.EventHoldDuration'],
    [{ Retention: { EventHold: 'ON' }, BypassGovernanceRetention: true }, 'BypassGovernanceRetention'],
    [{ Retention: {}, BypassGovernanceRetention: 'yes' }, 'BypassGovernanceRetention'],
  ],
  rows: {
    // GOVERNANCE until a nearer date would weaken what can't be weakened.
    locked: { status: 'failed', httpStatus: 403, errorCode: 'AccessDenied' },
  },
};
