/** Operations before a store with quirks: an in-memory store behind HTTP, the quirks, Drover's own client, one role. */
import type { Task, TaskOutcome } from '../../../contracts/engine/outcome';
import type { JsonObject } from '../../../contracts/job';
import type { ProfileSettings } from '../../../contracts/store-profile';
import { parseOperation } from '../../../operations';
import type { OperationContext } from '../../../operations/operation';
import { RETRY_LIMITS } from '../../../storage/http/retry-policy';
import type { RoleStores, Stores } from '../../../storage/object-store';
import { createStores, type StoresConfig } from '../../../storage/stores';
import { MemoryFunctions } from '../../support/memory-store/functions';
import { MemoryStore } from '../../support/memory-store/store';
import { MemoryTaskNotes } from '../../support/memory-store/task-notes';
import { MemoryUploadNotes } from '../../support/memory-store/upload-notes';
import { MemoryWebhooks } from '../../support/memory-store/webhooks';
import type { WireRequest } from '../../support/memory-store-http/routes';
import { serveMemoryStore } from '../../support/memory-store-http/server';
import { type Quirk, type QuirkyStore, startQuirkyStore } from '../../support/quirks';
import { roleConfig } from '../../support/stack/stores-config';

export const SOURCE = 'source';
export const TARGET = 'archive';
export const ROLE = 'arn:aws:iam::123456789012:role/drover';
export const ACCOUNT = '123456789012';

/** The bytes that make tests slow are seconds: each retry waits for a millisecond or two. */
Object.assign(RETRY_LIMITS, { backoffBaseMs: 1, backoffMaxMs: 2, retryAfterMaxMs: 2 });

type Role = Pick<RoleStores, 'storeFor' | 'transfer' | 'vaults'>;

export interface QuirkBenchOptions {
  /** The target bucket lives in a store of its own, behind a proxy with the same quirks. */
  readonly apart?: boolean;
  /** The store of the target bucket is S3 to the letter. */
  readonly targetIsPlain?: boolean;
  /** What is known of the stores; nothing by default. */
  readonly profile?: ProfileSettings;
}

export class QuirkBench {
  readonly functions = new MemoryFunctions();
  readonly webhooks = new MemoryWebhooks();

  private constructor(
    readonly here: MemoryStore,
    /** The store of the target bucket; `here` unless it is apart. */
    readonly there: MemoryStore,
    readonly proxies: readonly QuirkyStore[],
    readonly stores: Stores,
    private readonly cleanups: readonly (() => Promise<void>)[],
  ) {}

  static async open(quirks: readonly Quirk[], options: QuirkBenchOptions = {}): Promise<QuirkBench> {
    const here = new MemoryStore();
    const there = options.apart ? new MemoryStore() : here;
    const cleanups: (() => Promise<void>)[] = [];
    const serve = async (store: MemoryStore, own: readonly Quirk[]): Promise<QuirkyStore> => {
      const served = await serveMemoryStore(store);
      const proxy = await startQuirkyStore(served.url, own);
      cleanups.push(proxy.close, served.close);
      return proxy;
    };
    const proxies = [await serve(here, quirks)];
    if (options.apart) proxies.push(await serve(there, options.targetIsPlain ? [] : quirks));
    const stores = createStores(
      storesConfig(
        proxies.map(({ url }) => url),
        options.profile,
      ),
    );
    return new QuirkBench(here, there, proxies, stores, [() => stores.close(), ...cleanups]);
  }

  get fired(): boolean {
    return this.proxies.some(({ fired }) => fired.size > 0);
  }

  get requests(): readonly WireRequest[] {
    return this.proxies.flatMap(({ requests }) => requests);
  }

  role(): RoleStores {
    return this.stores.forRole(ROLE, ACCOUNT);
  }

  /** `element` as under CreateJob's Operation. */
  async perform(element: JsonObject, task: Task, role: Role = this.role()): Promise<TaskOutcome> {
    return boundTask(element, this.context(role))(task, new AbortController().signal);
  }

  async performGroup(
    element: JsonObject,
    tasks: readonly Task[],
    role: Role = this.role(),
  ): Promise<readonly TaskOutcome[]> {
    return boundGroup(element, this.context(role))(tasks, new AbortController().signal);
  }

  async close(): Promise<void> {
    for (const cleanup of this.cleanups) await cleanup();
  }

  private context(role: Role): OperationContext {
    return {
      jobId: '5f0b6a0e-6a3c-5d0c-9a54-1b1f3a1f0001',
      createdAt: new Date('2026-01-01T00:00:00Z'),
      storeFor: (bucket, access) => role.storeFor(bucket, access),
      transfer: role.transfer,
      functions: this.functions,
      webhooks: this.webhooks,
      vaults: role.vaults,
      uploads: new MemoryUploadNotes(),
      notes: new MemoryTaskNotes(),
    };
  }
}

// All that the suite knows of how operations are bound.

function boundTask(element: JsonObject, context: OperationContext) {
  return parseOperation(element).bind(context);
}

function boundGroup(element: JsonObject, context: OperationContext) {
  const group = parseOperation(element).bindGroup?.(context);
  if (group === undefined) throw new Error('no group of these parameters');
  return group.perform.bind(group);
}

export function rowOf(key: string, bucket = SOURCE, row = 0): Task {
  return { bucket, key, manifestKey: encodeURIComponent(key), row };
}

/** The first URL has all buckets but the target's, which the second one has if there is one. */
export function storesConfig([here = '', there]: readonly string[], profile?: ProfileSettings): StoresConfig {
  const credentials = { kind: 'static', accessKeyId: 'a', secretAccessKey: 'b' } as const;
  const store = { region: 'us-east-1', pathStyle: true, credentials, ...(profile && { profile }) };
  return {
    stores: [
      { ...store, name: 'here', endpoint: here, buckets: [] },
      ...(there === undefined ? [] : [{ ...store, name: 'there', endpoint: there, buckets: [TARGET] }]),
    ],
    roles: [roleConfig({ arn: ROLE, functions: ['*'], functionCredentials: credentials })],
    functions: { region: 'us-east-1' },
    vaults: { region: 'us-east-1' },
    workspace: { store: 'here', bucket: 'workspace', prefix: 'jobs/' },
    limits: LIMITS_OF_WORKER,
  };
}

const LIMITS_OF_WORKER = {
  bucketRequestsInFlightMax: 256,
  multipartAboveBytes: 64 * 1024 * 1024,
  multipartPartBytes: 16 * 1024 * 1024,
};
