/**
 * Three real stores side by side, with operations that run on them as in a worker but without jobs, and AWS's own client to
 * prepare objects and to see what has become of them.
 */
import { randomBytes } from 'node:crypto';
import {
  CreateBucketCommand,
  type HeadObjectCommandInput,
  PutBucketReplicationCommand,
  type PutBucketReplicationCommandInput,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { defined } from '../../../contracts/defined';
import type { Task, TaskOutcome } from '../../../contracts/engine/outcome';
import type { JsonObject } from '../../../contracts/job';
import { LIMITS } from '../../../contracts/limits';
import { parseOperation } from '../../../operations';
import type { OperationContext } from '../../../operations/operation';
import type { Stores } from '../../../storage/object-store';
import { createStores, type StoresConfig } from '../../../storage/stores';
import { ODD_KEYS } from '../../contract/odd-keys';
import { MemoryTaskNotes } from '../memory-store/task-notes';
import { MemoryUploadNotes } from '../memory-store/upload-notes';
import { Buckets } from '../stack/buckets';
import { roleConfig, TEST_CREDENTIALS } from '../stack/stores-config';
import { type StartedServer, startMoto, startVersityGw, testStack } from './stack';

export const STORE_NAMES = ['SeaweedFS', 'versitygw', 'moto'] as const;
export type StoreName = (typeof STORE_NAMES)[number];
export type ByStore<T> = Readonly<Record<StoreName, T>>;

/** `versions` keeps versions, `locked` has Object Lock, `replicated` has a replication rule that names `replica`, where the store has such rules, the others are plain. */
export type BucketKind = 'plain' | 'target' | 'moved' | 'versions' | 'locked' | 'keys' | 'replicated' | 'replica';

/** Where an object is, as the SDK's commands take it. */
export type At = Pick<HeadObjectCommandInput, 'VersionId'> & { readonly Bucket: string; readonly Key: string };

const ACCOUNT = '123456789012';
const ROLE = 'arn:aws:iam::123456789012:role/drover';

/** Objects of more than this go in parts: five is the least that a part may have, and two parts are enough. */
export const MULTIPART_ABOVE_BYTES = 6 * 1024 * 1024;
const MULTIPART_PART_BYTES = 5 * 1024 * 1024;

export class Side {
  readonly buckets: Buckets;
  readonly client: S3Client;
  /** When the job that all tasks belong to began. */
  private readonly startedAt = new Date();
  private rows = 0;
  private holdable: Promise<readonly string[]> | undefined;

  constructor(
    readonly name: StoreName,
    endpoint: string,
    private readonly id: string,
    private readonly stores: Stores,
  ) {
    this.buckets = new Buckets(endpoint);
    this.client = this.buckets.client;
  }

  bucket(kind: BucketKind): string {
    return `${this.name.toLowerCase()}-${kind}-${this.id}`;
  }

  async createBuckets(): Promise<void> {
    await this.buckets.create(...(['plain', 'target', 'moved'] as const).map((kind) => this.bucket(kind)));
    for (const kind of ['versions', 'replicated', 'replica'] as const) {
      const Bucket = this.bucket(kind);
      await this.buckets.create(Bucket);
      const VersioningConfiguration = { Status: 'Enabled' } as const;
      await this.client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
    }
    const locked = { Bucket: this.bucket('locked'), ObjectLockEnabledForBucket: true };
    await this.client.send(new CreateBucketCommand(locked));
    await this.client.send(new PutBucketReplicationCommand(this.replication())).catch(onlyAnswered);
  }

  private replication(): PutBucketReplicationCommandInput {
    const Destination = { Bucket: `arn:aws:s3:::${this.bucket('replica')}` };
    const rule = { ID: 'all', Status: 'Enabled', Priority: 1, Filter: { Prefix: '' }, Destination } as const;
    return {
      Bucket: this.bucket('replicated'),
      ReplicationConfiguration: {
        Role: ROLE,
        Rules: [{ ...rule, DeleteMarkerReplication: { Status: 'Disabled' } }],
      },
    };
  }

  /** Gives the version's id where the bucket has versions. */
  async put(
    Bucket: string,
    Key: string,
    Body: string | Buffer,
    more: Partial<PutObjectCommandInput> = {},
  ): Promise<string | undefined> {
    const { VersionId } = await this.client.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
    return VersionId;
  }

  /** Those of ODD_KEYS that the store takes from AWS's client, and gives back and lists as they were given. */
  holdableKeys(): Promise<readonly string[]> {
    this.holdable ??= this.tryKeys();
    return this.holdable;
  }

  private async tryKeys(): Promise<readonly string[]> {
    const Bucket = this.bucket('keys');
    await this.buckets.create(Bucket);
    const held: string[] = [];
    for (const Key of ODD_KEYS) {
      const body = `body of ${Key}`;
      const got = await this.put(Bucket, Key, body)
        .then(() => this.buckets.get(Bucket, Key))
        .catch(onlyAnswered);
      if (got?.toString() === body) held.push(Key);
    }
    const listed = new Set((await this.buckets.list(Bucket)).map(({ key }) => key));
    return held.filter((key) => listed.has(key));
  }

  /** Carries out one task; `element` is the Operation element of a job. */
  async perform(element: JsonObject, { Bucket, Key, VersionId }: At): Promise<TaskOutcome> {
    const operation = parseOperation(element);
    this.rows += 1;
    const task: Task = {
      bucket: Bucket,
      key: Key,
      manifestKey: encodeURIComponent(Key),
      row: this.rows,
      ...defined({ versionId: VersionId }),
    };
    return operation.bind(this.context())(task, new AbortController().signal);
  }

  /** As `perform`, several tasks in one request. */
  async performGroup(element: JsonObject, places: readonly At[]): Promise<readonly TaskOutcome[]> {
    const operation = parseOperation(element);
    const group = operation.bindGroup?.(this.context());
    if (group === undefined) throw new Error(`${operation.plan.operation} makes no groups`);
    const tasks = places.map(({ Bucket, Key, VersionId }, row) => ({
      bucket: Bucket,
      key: Key,
      manifestKey: encodeURIComponent(Key),
      row,
      ...defined({ versionId: VersionId }),
    }));
    return group.perform(tasks, new AbortController().signal);
  }

  private context(): OperationContext {
    const role = this.stores.forRole(ROLE, ACCOUNT);
    return {
      jobId: 'store-matrix',
      createdAt: this.startedAt,
      storeFor: role.storeFor.bind(role),
      functions: role.functions,
      webhooks: role.webhooks,
      vaults: role.vaults,
      transfer: role.transfer,
      uploads: new MemoryUploadNotes(),
      notes: new MemoryTaskNotes(),
    };
  }
}

/** For the SDK's requests that not all stores know: undefined when the store refused. */
export function onlyAnswered(error: unknown): undefined {
  if ((error as { $metadata?: unknown }).$metadata === undefined) throw error;
}

export class StoreMatrix {
  private constructor(
    readonly sides: readonly Side[],
    private readonly stores: Stores,
    private readonly servers: readonly StartedServer[],
  ) {}

  static async start(): Promise<StoreMatrix> {
    const { s3Endpoint } = testStack();
    const [moto, versitygw] = await Promise.all([startMoto(), startVersityGw()]);
    const endpoints = { SeaweedFS: s3Endpoint, versitygw: versitygw.url, moto: moto.url };
    const stores = createStores(configOf(endpoints));
    const id = randomBytes(4).toString('hex');
    const sides = STORE_NAMES.map((name) => new Side(name, endpoints[name], id, stores));
    const matrix = new StoreMatrix(sides, stores, [moto, versitygw]);
    try {
      await Promise.all(sides.map((side) => side.createBuckets()));
      return matrix;
    } catch (error) {
      await matrix.stop();
      throw error;
    }
  }

  /** What `look` gives on each store; they work at the same time. */
  async everywhere<T>(look: (side: Side) => Promise<T>): Promise<ByStore<T>> {
    const entries = this.sides.map(async (side) => [side.name, await look(side)] as const);
    return Object.fromEntries(await Promise.all(entries)) as ByStore<T>;
  }

  async stop(): Promise<void> {
    for (const { buckets } of this.sides) buckets.close();
    await this.stores.close();
    await Promise.all(this.servers.map((server) => server.stop()));
  }
}

function configOf(endpoints: ByStore<string>): StoresConfig {
  return {
    stores: STORE_NAMES.map((name) => ({
      name,
      endpoint: endpoints[name],
      region: 'us-east-1',
      pathStyle: true,
      credentials: TEST_CREDENTIALS,
      buckets: [`${name.toLowerCase()}-*`],
    })),
    functions: { region: 'us-east-1' },
    vaults: { region: 'us-east-1' },
    roles: [roleConfig({ arn: ROLE })],
    workspace: { store: 'SeaweedFS', bucket: 'drover', prefix: '' },
    limits: {
      bucketRequestsInFlightMax: LIMITS.request.perBucketMax,
      multipartAboveBytes: MULTIPART_ABOVE_BYTES,
      multipartPartBytes: MULTIPART_PART_BYTES,
    },
  };
}
