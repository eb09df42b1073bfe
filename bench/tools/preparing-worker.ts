import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { createActivities } from '../../activities';
import type { RoleConfig } from '../../config/config';
import { DEFAULTS } from '../../config/defaults';
import type { Activities, PlannedSource, PreparedManifest, PreparedPart } from '../../contracts/engine/activities';
import type { JobInput } from '../../contracts/job';
import { LIMITS } from '../../contracts/limits';
import { createStores } from '../../storage/stores';

/** What a job asks of a worker while it is Preparing. */
export type Asked =
  | { readonly call: 'prepareManifest' }
  | { readonly call: 'preparePart'; readonly plan: string; readonly part: number }
  | { readonly call: 'sealManifest'; readonly plan: string; readonly attempts: readonly string[] };

export interface Answered {
  readonly result?: PlannedSource | PreparedPart | PreparedManifest;
  readonly error?: string;
  /** So far, of this process. */
  readonly peakBytes: number;
  readonly cpuSeconds: number;
}

type Call = (given: object) => Promise<NonNullable<Answered['result']>>;

/** A worker's process without Temporal: `node preparing-worker.js <endpoint> <job as JSON>`, asked by IPC, one number for each call. */
const [endpoint = '', job = ''] = process.argv.slice(2);

function activities(input: JobInput): Activities {
  const place = { name: 'stub', endpoint, region: 'us-east-1', pathStyle: true, buckets: [] };
  const credentials = { kind: 'static', accessKeyId: 'bench', secretAccessKey: 'bench' } as const;
  const role: RoleConfig = {
    arn: input.request.RoleArn,
    accounts: [input.account],
    credentials: {},
    read: ['*'],
    write: ['*'],
    functions: [],
    functionCredentials: credentials,
    webhooks: [],
  };
  const notHere = (): Promise<never> => Promise.reject(new Error('not in this process'));
  return createActivities({
    stores: createStores({
      stores: [{ ...place, credentials }],
      functions: { region: 'us-east-1' },
      vaults: { region: 'us-east-1' },
      roles: [role],
      workspace: { store: 'stub', bucket: 'workspace', prefix: 'jobs/' },
      limits: DEFAULTS,
    }),
    fleet: {
      batchSlots: notHere,
      runningJobs: notHere,
      isRunning: notHere,
      hadTasks: notHere,
      jobInput: () => Promise.resolve(input),
      tellDispatcher: notHere,
      isAllPaused: notHere,
      tellPause: notHere,
      tellShare: notHere,
    },
    link: { silentMs: () => 0, recentSilenceMs: () => 0 },
    workspace: { bucket: 'workspace', prefix: 'jobs/' },
    admit: notHere,
    notifications: { deliver: notHere, close: () => Promise.resolve() },
  });
}

function work(): void {
  const input = JSON.parse(job) as JobInput;
  const { jobId, workspace, createdAt, request, plan } = input;
  const own = activities(input);
  const run = (asked: Asked): Promise<NonNullable<Answered['result']>> => {
    const environment = new MockActivityEnvironment(
      { startToCloseTimeoutMs: LIMITS.job.manifestTimeoutMs },
      { logger: new DefaultLogger('ERROR') },
    );
    const { call, ...more } = asked;
    const given = { jobId, workspace, createdAt, request, ...(call === 'prepareManifest' ? { plan } : {}), ...more };
    return environment.run((all: object) => (own[call] as Call)(all), given);
  };
  process.on('message', ({ id, asked }: { readonly id: number; readonly asked: Asked }) => {
    const tell = (answered: Pick<Answered, 'result' | 'error'>): void => {
      const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
      const used = { peakBytes: maxRSS * 1_024, cpuSeconds: (userCPUTime + systemCPUTime) / 1e6 };
      process.send?.({ id, answered: { ...answered, ...used } });
    };
    run(asked).then(
      (result) => {
        tell({ result });
      },
      (error: unknown) => {
        tell({ error: String(error) });
      },
    );
  });
}

work();
