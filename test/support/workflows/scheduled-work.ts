import { Context } from '@temporalio/activity';
import type { Activities, BatchResult, PrepareManifestInput } from '../../../contracts/engine/activities';
import type { JobRequest } from '../../../contracts/job';
import type { JobTemplate } from '../../../contracts/schedule';
import { easyActivities, REQUEST } from './workflow-runner';

export interface Seen {
  readonly requests: JobRequest[];
  readonly reports: string[];
  batches: number;
}

export interface Behaviour {
  /** Batches go on until they are cancelled. */
  readonly endless?: boolean;
  readonly prepare?: (input: PrepareManifestInput) => Promise<{ totalTasks: number; batches: number }>;
  readonly resolve?: Activities['resolveManifest'];
  readonly admit?: Activities['admitRun'];
}

/** Activities that do as told, and what has been asked of them. */
export function scheduledWork(behaviour: Behaviour): { readonly seen: Seen; readonly activities: Activities } {
  const seen: Seen = { requests: [], reports: [], batches: 0 };
  const easy = easyActivities(1);
  const activities: Activities = {
    ...easy,
    admitRun: behaviour.admit ?? easy.admitRun,
    resolveManifest: behaviour.resolve ?? (({ objectArn }) => Promise.resolve({ etag: `etag of ${objectArn}` })),
    prepareManifest: (input) => {
      seen.requests.push(input.request);
      return (behaviour.prepare ?? easy.prepareManifest)(input);
    },
    runBatch: (input) => {
      seen.batches += 1;
      return behaviour.endless === true ? untilCancelled() : easy.runBatch(input);
    },
    writeReport: (input) => {
      seen.reports.push(input.jobId);
      return easy.writeReport(input);
    },
  };
  return { seen, activities };
}

async function untilCancelled(): Promise<BatchResult> {
  const context = Context.current();
  const beat = setInterval(() => context.heartbeat(), 100);
  await context.cancelled.catch(() => undefined).finally(() => clearInterval(beat));
  const tally = { succeeded: 1, failed: 0, pending: 0 };
  return { status: 'interrupted', checkpoint: { v: 1, done: '', part: 'p', tally } };
}

export function template(more: Partial<JobTemplate> = {}): JobTemplate {
  const { ClientRequestToken: _token, Manifest, ...rest } = REQUEST;
  return {
    ...rest,
    Manifest: { Spec: Manifest!.Spec, Location: { ObjectArn: 'arn:aws:s3:::manifests/m.csv' } },
    ...more,
  };
}
