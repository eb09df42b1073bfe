import { connect } from 'node:net';
import type { AccountConfig, Config, RoleConfig, StoreConfig } from '../../config/config';
import { packageVersion } from '../../config/package-version';
import { defined } from '../../contracts/defined';
import { LIMITS } from '../../contracts/limits';

/** A worker process, by its identity. */
export interface WorkerView {
  readonly identity: string;
  /** Batches that it takes at a time. */
  readonly batchSlots: number;
  /** ISO 8601: when it last asked Temporal for work. A worker that was killed is listed for some minutes. */
  readonly seenAt?: string;
}

export interface QueueView {
  /** What waits there: workflows, activities, batches, events. */
  readonly name: string;
  readonly waiting: number;
}

export interface Fleet {
  readonly workers: readonly WorkerView[];
  readonly queues: readonly QueueView[];
}

export interface StoreView {
  readonly name: string;
  readonly endpoint: string;
  readonly region: string;
  readonly isReachable: boolean;
  readonly problem?: string;
}

export interface RoleView {
  readonly arn: string;
  readonly read: readonly string[];
  readonly write: readonly string[];
  readonly functions: readonly string[];
  /** Addresses without the secrets that sign their requests. */
  readonly webhooks: readonly string[];
}

export interface SystemView {
  /** That of the program that answers. */
  readonly version: string;
  readonly temporal: { readonly address: string; readonly namespace: string };
  /** Absent: Temporal does not answer. */
  readonly fleet?: Fleet;
  readonly stores: readonly StoreView[];
  /** Those of the account. */
  readonly roles: readonly RoleView[];
  readonly account: Pick<AccountConfig, 'id' | 'priorityMax' | 'jobsMax'>;
}

export type SystemConfig = Pick<Config, 'stores' | 'roles' | 'accounts'> & {
  readonly temporal: Pick<Config['temporal'], 'address' | 'namespace'>;
};

export interface SystemService {
  view(account: string): Promise<SystemView>;
}

/** What an installation is made of, and whether it answers: nothing secret, and of roles those of the account alone. */
export function systemService(config: SystemConfig, readFleet: () => Promise<Fleet>): SystemService {
  return {
    view: async (account) => {
      const [fleet, stores] = await Promise.all([
        // Down is an answer, too: the rest is shown.
        readFleet().catch(() => undefined),
        Promise.all(config.stores.map(storeView)),
      ]);
      const { address, namespace } = config.temporal;
      return {
        version: packageVersion(),
        temporal: { address, namespace },
        ...defined({ fleet }),
        stores,
        roles: config.roles.filter(({ accounts }) => accounts.includes(account)).map(roleView),
        account: accountView(account, config.accounts),
      };
    },
  };
}

function accountView(id: string, accounts: readonly AccountConfig[]): SystemView['account'] {
  const { priorityMax, jobsMax } = accounts.find((each) => each.id === id) ?? {};
  return { id, ...defined({ priorityMax, jobsMax }) };
}

function roleView({ arn, read, write, functions, webhooks }: RoleConfig): RoleView {
  return { arn, read, write, functions, webhooks: webhooks.map(({ url }) => url) };
}

async function storeView({ name, endpoint, region }: StoreConfig): Promise<StoreView> {
  const problem = await connectionProblem(new URL(endpoint));
  return { name, endpoint, region, isReachable: problem === undefined, ...defined({ problem }) };
}

/** Whether something takes connections there. Nothing is asked of it: that would need the credentials of a role. */
function connectionProblem({ hostname, port, protocol }: URL): Promise<string | undefined> {
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(port) || (protocol === 'https:' ? 443 : 80) });
    const end = (problem?: string): void => {
      socket.destroy();
      resolve(problem);
    };
    socket.setTimeout(LIMITS.api.storeConnectTimeoutMs, () => end('no connection in time'));
    socket.once('connect', () => end());
    socket.once('error', ({ message }) => end(message));
  });
}
