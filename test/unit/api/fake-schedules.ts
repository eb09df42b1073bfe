import type { DescribedSchedule, RunRecord, SchedulePage, SchedulesGateway } from '../../../api/temporal/schedules';
import { defined } from '../../../contracts/defined';
import { DroverError } from '../../../contracts/engine/failures';
import type { OverlapPolicy, ScheduledJobInput, ScheduleMemo } from '../../../contracts/schedule';
import { NOW } from './fake-gateway';

interface FakeSchedule {
  readonly input: ScheduledJobInput;
  readonly memo: ScheduleMemo;
  paused: boolean;
  note?: string;
  readonly runs: Map<string, RunRecord>;
}

/** Temporal's schedules in memory: nothing is ever due, a trigger gives a run with the job that the test says. */
export class FakeSchedules implements SchedulesGateway {
  readonly schedules = new Map<string, FakeSchedule>();
  /** What the next trigger's run says of itself; undefined: it waits for the one that is going. */
  next: RunRecord | undefined = {
    startedAt: '2026-11-22T12:00:00.000Z',
    execution: 'running',
    memo: { jobId: 'job-1' },
  };
  readonly triggered: OverlapPolicy[] = [];

  create(input: ScheduledJobInput, memo: ScheduleMemo, state: { paused: boolean; note?: string }): Promise<void> {
    const key = `${input.account}/${input.scheduleId}`;
    if (this.schedules.has(key)) return Promise.reject(new DroverError('ScheduleAlreadyExists', 'it is there'));
    this.schedules.set(key, { input, memo, ...state, runs: new Map() });
    return Promise.resolve();
  }

  list(account: string, rowsMax: number, pageToken?: Uint8Array): Promise<SchedulePage> {
    const from = pageToken === undefined ? 0 : Number(Buffer.from(pageToken).toString());
    const all = [...this.schedules.values()].filter(({ memo }) => memo.account === account).reverse();
    const records = all.slice(from, from + rowsMax).map(describedOf);
    const next = from + records.length;
    return Promise.resolve({ records, ...(next < all.length ? { pageToken: Buffer.from(String(next)) } : {}) });
  }

  async describe(account: string, scheduleId: string): Promise<DescribedSchedule> {
    return describedOf(this.one(account, scheduleId));
  }

  async runs(account: string, scheduleId: string, _since: Date, rowsMax: number): Promise<readonly RunRecord[]> {
    return [...this.one(account, scheduleId).runs.values()].reverse().slice(0, rowsMax);
  }

  async run(workflowId: string): Promise<RunRecord | undefined> {
    return [...this.schedules.values()].flatMap(({ runs }) => runs.get(workflowId) ?? [])[0];
  }

  async pause(account: string, scheduleId: string, note: string): Promise<void> {
    Object.assign(this.one(account, scheduleId), { paused: true, note });
  }

  async resume(account: string, scheduleId: string, note: string): Promise<void> {
    Object.assign(this.one(account, scheduleId), { paused: false, note });
  }

  async trigger(account: string, scheduleId: string, overlap: OverlapPolicy): Promise<void> {
    const { runs } = this.one(account, scheduleId);
    this.triggered.push(overlap);
    if (this.next !== undefined) runs.set(`run-${runs.size}`, this.next);
  }

  async delete(account: string, scheduleId: string): Promise<void> {
    this.one(account, scheduleId);
    this.schedules.delete(`${account}/${scheduleId}`);
  }

  private one(account: string, scheduleId: string): FakeSchedule {
    const schedule = this.schedules.get(`${account}/${scheduleId}`);
    if (schedule === undefined) throw new DroverError('NoSuchSchedule', `There is no schedule '${scheduleId}'`);
    return schedule;
  }
}

function describedOf({ input, memo, paused, note, runs }: FakeSchedule): DescribedSchedule {
  const going = [...runs].filter(([, { execution }]) => execution === 'running').map(([id]) => id);
  return {
    memo,
    paused,
    ...defined({ note }),
    nextRunTimes: paused ? [] : ['2026-11-23T02:00:00.000Z', '2026-11-24T02:00:00.000Z'],
    template: input.template,
    createdAt: new Date(NOW),
    runsTaken: runs.size,
    runsSkipped: 0,
    runsMissed: 0,
    running: going,
    recent: [...runs.keys()],
  };
}
