import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { CreateBucketCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import type { StoreConfig } from '../../config/config';
import { DEFAULTS } from '../../config/defaults';
import { childEnvironment, loadDevConfig } from '../../config/dev';
import { defined } from '../../contracts/defined';
import { freePorts } from '../../dev/parts/ports';
import { PROJECT_ROOT } from '../../dev/parts/project-root';
import { SEAWEEDFS_GRPC_OFFSET, SEAWEEDFS_PORTS, seaweedFsPart } from '../../dev/parts/seaweedfs';
import type { Part } from '../../dev/supervisor';
import { provideSeaweedFs } from '../../dev/tools/seaweedfs';
import { RangeListing } from '../../manifests/listing/range-listing';
import type { ObjectStore } from '../../storage/object-store';
import { createStores } from '../../storage/stores';
import { atLeast, type BenchPart, type Context, number, type PartResult } from '../part';
import { median } from '../statistics';
import { listedKey, type ListedShape } from '../tools/peers/listed-keys';
import { listers } from '../tools/peers/listers';
import { measurePages } from '../tools/peers/page-readers';

const KEYS = { accessKeyId: 'bench-access-key', secretAccessKey: 'bench-secret-key-of-32-characters' };
const REGION = 'us-east-1';
const STREAMS = 32;
/** SeaweedFS, on the same machine, gets no faster with more. */
const LOCAL_STREAMS = 4;
const ADDED_LATENCY_MS = 50;
const OVER_SERIAL = 5;
const KEYS_PER_CORE_SECOND = 200_000;
const PUTS_IN_FLIGHT = 64;
const SHAPES: readonly ListedShape[] = ['flat', 'deep'];

interface Listed {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly ranges: number;
}

/** Listings as sources of manifests: by ranges of the key space, beside the SDK's serial one and other tools. */
export const listing: BenchPart = {
  name: 'listing',
  summary:
    'listing by ranges: over a slow network, beside s5cmd ls and rclone lsf on SeaweedFS, and of a stub with many keys',
  run: measure,
};

async function measure(context: Context): Promise<PartResult> {
  const home = await mkdtemp(join(tmpdir(), 'drover-bench-'));
  const supervisor = context.lifetime.supervise(home);
  try {
    await supervisor.claim();
    const stub = await freePorts(1);
    await supervisor.start(stubPart(stub));
    const s3 = await freePorts(SEAWEEDFS_PORTS, [SEAWEEDFS_GRPC_OFFSET]);
    const dataDir = join(home, 's3');
    await mkdir(dataDir, { recursive: true });
    const binary = await provideSeaweedFs(loadDevConfig());
    await supervisor.start(seaweedFsPart({ binary, port: s3, dataDir, ...KEYS }));
    const results = [
      await readers(),
      await slowNetwork(context, stub),
      await localStore(context, s3),
      await manyKeys(context, stub),
    ];
    return {
      tables: results.flatMap(({ tables }) => tables),
      goals: results.flatMap(({ goals }) => goals),
      notes: results.flatMap(({ notes }) => notes),
      data: results.map(({ data }) => data),
    };
  } finally {
    await supervisor.stop();
    await rm(home, { recursive: true, force: true });
  }
}

function stubPart(port: number): Part {
  const script = resolve(PROJECT_ROOT, 'dist', 'bench', 'tools', 'stubs', 'listing-stub.js');
  return {
    name: 'stub',
    command: process.execPath,
    args: [script, String(port), '1'],
    env: childEnvironment({}),
    ports: [{ port, variable: 'of the stub' }],
    ready: async () => (await fetch(`http://127.0.0.1:${String(port)}/healthz`)).ok,
    readyTimeoutMs: 15_000,
    stopGraceMs: 5_000,
  };
}

async function readers(): Promise<PartResult> {
  const { sdkMs, ownMs, keys } = await measurePages();
  const row = (name: string, ms: number): string[] => [name, number(ms, 2), number((keys / ms) * 1_000)];
  return {
    tables: [
      {
        title: `one page of ${number(keys)} keys, read`,
        columns: ['', 'ms of CPU', 'keys/s'],
        rows: [row("the SDK's reader", sdkMs), row("Drover's", ownMs)],
      },
    ],
    goals: [],
    notes: [],
    data: { sdkMs, ownMs },
  };
}

async function slowNetwork({ sizes, lifetime }: Context, port: number): Promise<PartResult> {
  const rows: string[][] = [];
  const ratios: Record<string, number> = {};
  for (const shape of SHAPES) {
    const bucket = `${shape}-${String(sizes.listingKeys)}-${String(ADDED_LATENCY_MS)}`;
    const ours: Listed[] = [];
    for (let round = 0; round < sizes.copyRounds; round++) {
      ours.push(await listedByRanges(port, bucket, STREAMS, sizes.listingKeys));
    }
    const serial = await listedBySdk(port, bucket, sizes.listingKeys);
    const seconds = median(ours.map((one) => one.seconds));
    ratios[shape] = serial / seconds;
    rows.push([shape, number(serial, 1), number(seconds, 2), `${number(serial / seconds, 1)} ×`]);
    lifetime.say(`listing: ${shape}, ${number(seconds, 2)} s, the SDK ${number(serial, 1)} s`);
  }
  return {
    tables: [
      {
        title: `${number(sizes.listingKeys)} keys, ${String(ADDED_LATENCY_MS)} ms more for each request`,
        columns: ['', 'SDK, serial, s', `${String(STREAMS)} streams, s`, 'faster by'],
        rows,
      },
    ],
    goals: SHAPES.map((shape) =>
      atLeast(`listing over the SDK's, ${shape}`, ratios[shape] ?? Number.NaN, OVER_SERIAL, '×', 1),
    ),
    notes: [`one listing by the SDK, ${String(sizes.copyRounds)} by ranges`],
    data: ratios,
  };
}

async function localStore({ sizes, lifetime }: Context, port: number): Promise<PartResult> {
  const bucket = 'bench-listing';
  const store = { endpoint: `http://127.0.0.1:${String(port)}`, region: REGION, ...KEYS };
  await fill(port, bucket, sizes.listingKeys, lifetime);
  const seconds = new Map<string, number[]>();
  const tools = await listers(loadDevConfig());
  const note = (name: string, value: number): void => {
    seconds.set(name, [...(seconds.get(name) ?? []), value]);
    lifetime.say(`listing: ${name}: ${number(value, 2)} s`);
  };
  for (let round = 0; round < sizes.copyRounds; round++) {
    note('Drover', (await listedByRanges(port, bucket, LOCAL_STREAMS, sizes.listingKeys)).seconds);
    for (const tool of tools) {
      if ('missing' in tool) continue;
      const start = performance.now();
      const lines = await tool.run(store, bucket);
      note(tool.name, (performance.now() - start) / 1_000);
      if (lines !== sizes.listingKeys) throw new Error(`${tool.name} listed ${String(lines)} keys`);
    }
  }
  const drover = median(seconds.get('Drover') ?? []);
  const medians = [...seconds].map(([name, values]) => ({ name, value: median(values) }));
  const others = medians.filter(({ name }) => name !== 'Drover');
  return {
    tables: [
      {
        title: `${number(sizes.listingKeys)} keys in folders on SeaweedFS`,
        columns: ['', 's', 'keys/s', 'Drover is faster by'],
        rows: medians.map(({ name, value }) => [
          name,
          number(value, 2),
          number(sizes.listingKeys / value),
          name === 'Drover' ? '' : `${number(value / drover, 2)} ×`,
        ]),
      },
    ],
    goals: others.map(({ name, value }) => atLeast(`Drover over ${name}`, value / drover, 1, '×', 2)),
    notes: tools.flatMap((tool) => ('missing' in tool ? [`skipped: ${tool.missing}`] : [])),
    data: Object.fromEntries(seconds),
  };
}

async function manyKeys({ sizes, lifetime }: Context, port: number): Promise<PartResult> {
  const keys = sizes.listingStubKeys;
  const { seconds, cpuSeconds, ranges } = await listedByRanges(port, `flat-${String(keys)}-0`, STREAMS, keys);
  lifetime.say(`listing: ${number(keys)} keys in ${number(seconds, 1)} s`);
  return {
    tables: [
      {
        title: `${number(keys)} keys of a stub`,
        columns: ['s', 'keys/s', "keys per second of the listing process's CPU", 'ranges'],
        rows: [[number(seconds, 1), number(keys / seconds), number(keys / cpuSeconds), number(ranges)]],
      },
    ],
    goals: [atLeast('keys listed per CPU second', keys / cpuSeconds, KEYS_PER_CORE_SECOND, '')],
    notes: ['the stub writes its pages on the same machine, on a core of its own'],
    data: { seconds, cpuSeconds, ranges },
  };
}

async function withStoreAt<T>(port: number, bucket: string, work: (store: ObjectStore) => Promise<T>): Promise<T> {
  const store: StoreConfig = {
    name: 'bench',
    endpoint: `http://127.0.0.1:${String(port)}`,
    region: REGION,
    pathStyle: true,
    credentials: { kind: 'static', ...KEYS },
    buckets: [],
  };
  const stores = createStores({
    stores: [store],
    functions: { region: REGION },
    vaults: { region: REGION },
    roles: [],
    workspace: { store: 'bench', bucket, prefix: '' },
    limits: DEFAULTS,
  });
  try {
    return await work(stores.workspace());
  } finally {
    await stores.close();
  }
}

async function listedByRanges(port: number, bucket: string, streams: number, keys: number): Promise<Listed> {
  const before = process.cpuUsage();
  const start = performance.now();
  let rows = 0;
  const ranges = await withStoreAt(port, bucket, async (store) => {
    const ofBucket = new RangeListing(store, { bucket, versions: 'Current' }, { streams });
    const page = (_range: number, { length }: { readonly length: number }): Promise<void> => {
      rows += length;
      return Promise.resolve();
    };
    await ofBucket.run({ page }, new AbortController().signal);
    return ofBucket.state().length;
  });
  if (rows !== keys) throw new Error(`${String(rows)} of ${String(keys)} keys were listed`);
  const { user, system } = process.cpuUsage(before);
  return { seconds: (performance.now() - start) / 1_000, cpuSeconds: (user + system) / 1e6, ranges };
}

/** Seconds. */
async function listedBySdk(port: number, bucket: string, keys: number): Promise<number> {
  const client = sdkClient(port);
  const start = performance.now();
  let rows = 0;
  let token: string | undefined;
  do {
    const input = { Bucket: bucket, ...defined({ ContinuationToken: token }) };
    const { Contents, NextContinuationToken } = await client.send(new ListObjectsV2Command(input));
    rows += Contents?.length ?? 0;
    token = NextContinuationToken;
  } while (token !== undefined);
  client.destroy();
  if (rows !== keys) throw new Error(`the SDK listed ${String(rows)} of ${String(keys)} keys`);
  return (performance.now() - start) / 1_000;
}

function sdkClient(port: number): S3Client {
  const endpoint = `http://127.0.0.1:${String(port)}`;
  return new S3Client({ endpoint, region: REGION, forcePathStyle: true, credentials: KEYS });
}

async function fill(port: number, bucket: string, keys: number, { say }: Context['lifetime']): Promise<void> {
  const client = sdkClient(port);
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  client.destroy();
  say(`listing: ${number(keys)} objects are put into SeaweedFS`);
  await withStoreAt(port, bucket, async (store) => {
    let next = 0;
    const lane = async (): Promise<void> => {
      while (next < keys) await store.put({ bucket, key: listedKey('deep', keys, next++) }, 'x');
    };
    await Promise.all(Array.from({ length: PUTS_IN_FLIGHT }, lane));
  });
}
