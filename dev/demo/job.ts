import { setTimeout as delay } from 'node:timers/promises';
import { DescribeJobCommand, type JobDescriptor, type S3ControlClient } from '@aws-sdk/client-s3-control';
import { SingleBar } from 'cli-progress';
import type { Config } from '../../config/config';
import { isTerminal } from '../../contracts/engine/lifecycle';
import { createStores } from '../../storage/stores';

const POLL_MS = 250;
const PLAIN_INTERVAL_MS = 2_000;

export interface JobResult {
  readonly status: string;
  readonly total: number;
  readonly succeeded: number;
  readonly failed: number;
  /** From the first task seen to the end, as this process saw it. */
  readonly activeSeconds: number;
  /** Why it failed, with a leading colon, or empty. */
  readonly reason: string;
}

/** Follows a job to its end, with a bar on a terminal and a line every 2 s elsewhere. */
export async function watchJob(client: S3ControlClient, config: Config, jobId: string): Promise<JobResult> {
  const display = process.stdout.isTTY ? bar() : lines();
  let activeSince: number | undefined;
  try {
    for (;;) {
      const { Job: job } = await client.send(
        new DescribeJobCommand({ AccountId: config.accounts[0]?.id, JobId: jobId }),
      );
      const status = job?.Status ?? 'New';
      const { total, succeeded, failed } = numbers(job);
      if (status !== 'New' && status !== 'Preparing') activeSince ??= Date.now();
      display.show(status, succeeded + failed, total);
      if (isTerminal(status)) {
        const activeSeconds = Math.max(0.001, (Date.now() - (activeSince ?? Date.now())) / 1_000);
        const reasons = (job?.FailureReasons ?? []).map((one) =>
          `${one.FailureCode ?? ''} ${one.FailureReason ?? ''}`.trim(),
        );
        return {
          status,
          total,
          succeeded,
          failed,
          activeSeconds,
          reason: reasons.length === 0 ? '' : `: ${reasons.join('; ')}`,
        };
      }
      await delay(POLL_MS);
    }
  } finally {
    display.end();
  }
}

function numbers(job: JobDescriptor | undefined): { total: number; succeeded: number; failed: number } {
  const progress = job?.ProgressSummary;
  return {
    total: progress?.TotalNumberOfTasks ?? 0,
    succeeded: progress?.NumberOfTasksSucceeded ?? 0,
    failed: progress?.NumberOfTasksFailed ?? 0,
  };
}

interface Display {
  show(status: string, done: number, total: number): void;
  end(): void;
}

function bar(): Display {
  const shown = new SingleBar({
    format: '{status} [{bar}] {value}/{total} tasks  {duration_formatted}',
    hideCursor: true,
  });
  shown.start(1, 0, { status: 'New'.padEnd(10) });
  return {
    show: (status, done, total) => {
      shown.setTotal(Math.max(1, total));
      shown.update(done, { status: status.padEnd(10) });
    },
    end: () => {
      shown.stop();
    },
  };
}

function lines(): Display {
  let shownStatus = '';
  let shownAt = 0;
  return {
    show: (status, done, total) => {
      if (status === shownStatus && Date.now() - shownAt < PLAIN_INTERVAL_MS) return;
      shownStatus = status;
      shownAt = Date.now();
      process.stdout.write(`  ${status.padEnd(10)} ${String(done)}/${String(total)} tasks\n`);
    },
    end: () => undefined,
  };
}

interface ReportManifest {
  readonly Results: readonly { readonly Bucket: string; readonly Key: string }[];
}

/** Rows of all the result files that a completion report's manifest.json names. */
export async function reportRowCount(config: Config, manifest: { bucket: string; key: string }): Promise<number> {
  const stores = createStores(config);
  try {
    const store = stores
      .forRole(config.roles[0]?.arn ?? '', config.roles[0]?.accounts[0] ?? '')
      .storeFor(manifest.bucket, 'write');
    const { Results } = JSON.parse((await store.read(manifest)).toString('utf8')) as ReportManifest;
    let rows = 0;
    for (const { Bucket, Key } of Results) {
      const text = (await store.read({ bucket: Bucket, key: Key })).toString('utf8');
      rows += text.split('\n').filter((line) => line !== '').length;
    }
    return rows;
  } finally {
    await stores.close();
  }
}
