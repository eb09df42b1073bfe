/**
 * Goal: on real stores a listing by several streams gives what the SDK's serial listing gives, row by row, whatever order the store has.
 * Method: some 5,000 odd keys in each of three stores, flat and deep, and versions of some; listed by both, and by pieces as well.
 */
import {
  DeleteObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { defined } from '../../../contracts/defined';
import { LIMITS } from '../../../contracts/limits';
import { cutKeySpace } from '../../../manifests/listing/cut-key-space';
import { type ListingPort, type ListingScope, ListingUntrustworthy } from '../../../manifests/listing/listing';
import { RangeListing } from '../../../manifests/listing/range-listing';
import type { SourceRow } from '../../../manifests/sources/row';
import type { Stores } from '../../../storage/object-store';
import { createStores } from '../../../storage/stores';
import { ODD_KEYS } from '../../contract/odd-keys';
import { type StartedServer, startMoto, startVersityGw, testStack } from '../../support/servers/stack';
import { onlyAnswered } from '../../support/servers/store-matrix';
import { Buckets } from '../../support/stack/buckets';
import { oneStoreConfig } from '../../support/stack/stores-config';
import { randomKeys, seeded, Segments } from '../../unit/manifests/listing/listing-bench';

const KEYS = 5_000;
const VERSIONED_KEYS = 300;
const STREAMS = 6;
const PUTS_IN_FLIGHT = 32;
const PUTTING_MS = 240_000;
const BUCKET = 'listed-odd-keys';
const VERSIONED = 'listed-versions';
const splitKeysMin = LIMITS.listing.splitKeysMin;

const servers: StartedServer[] = [];

beforeAll(() => void Object.assign(LIMITS.listing, { splitKeysMin: 100 }));
afterAll(async () => {
  Object.assign(LIMITS.listing, { splitKeysMin: splitKeysMin });
  await Promise.all(servers.map((server) => server.stop()));
});

async function started(starting: Promise<StartedServer>): Promise<string> {
  const server = await starting;
  servers.push(server);
  return server.url;
}

/** Odd ones, and random ones of several shapes; a store need not take all of them. */
function oddKeys(count: number): readonly string[] {
  const keys = new Set(ODD_KEYS);
  for (let seed = 1; keys.size < count; seed++) {
    const random = seeded(seed);
    for (const key of randomKeys(random, Math.min(400, count - keys.size))) keys.add(`${String(seed % 7)}/${key}`);
    keys.add(`flat-${String(seed)}`);
  }
  // XML has no form for it, and versitygw lists without encoding: see the unit tests.
  return [...keys].filter((key) => !key.includes('\u0001'));
}

async function putAll(buckets: Buckets, bucket: string, keys: readonly string[]): Promise<void> {
  const left = keys.values();
  const lane = async (): Promise<void> => {
    for (const Key of left) {
      await buckets.client.send(new PutObjectCommand({ Bucket: bucket, Key, Body: 'x' })).catch(onlyAnswered);
    }
  };
  await Promise.all(Array.from({ length: PUTS_IN_FLIGHT }, lane));
}

/** Some stores do not encode, and do not say that they do. */
const decoder =
  ({ EncodingType }: { readonly EncodingType?: string | undefined }) =>
  (key = ''): string =>
    EncodingType === 'url' ? decodeURIComponent(key.replaceAll('+', ' ')) : key;

async function listedBySdk({ client }: Buckets, Bucket: string): Promise<readonly SourceRow[]> {
  const rows: SourceRow[] = [];
  let ContinuationToken: string | undefined;
  do {
    const page = await client.send(new ListObjectsV2Command({ Bucket, EncodingType: 'url', ContinuationToken }));
    const decoded = decoder(page);
    for (const { Key, Size, LastModified, StorageClass, ETag } of page.Contents ?? []) {
      rows.push({
        bucket: Bucket,
        key: decoded(Key),
        ...defined({ size: Size }),
        ...(LastModified && { lastModifiedMs: LastModified.getTime() }),
        ...(StorageClass && { storageClass: StorageClass }),
        ...(ETag && { etag: ETag.replaceAll('"', '') }),
      });
    }
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken !== undefined);
  return rows;
}

async function versionsBySdk({ client }: Buckets, Bucket: string): Promise<readonly string[]> {
  const names: string[] = [];
  let markers: { KeyMarker?: string; VersionIdMarker?: string } | undefined = {};
  while (markers) {
    const page: ListObjectVersionsCommandOutput = await client.send(
      new ListObjectVersionsCommand({ Bucket, EncodingType: 'url', ...markers }),
    );
    const decoded = decoder(page);
    for (const entry of [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])]) {
      names.push(`${decoded(entry.Key)}@${entry.VersionId ?? ''}`);
    }
    const KeyMarker = page.NextKeyMarker && decoded(page.NextKeyMarker);
    markers = page.IsTruncated
      ? {
          ...(KeyMarker && { KeyMarker }),
          ...(page.NextVersionIdMarker && { VersionIdMarker: page.NextVersionIdMarker }),
        }
      : undefined;
  }
  return names;
}

interface Listed {
  readonly rows: readonly SourceRow[];
  readonly mode: string;
  readonly ranges: number;
}

async function listed(port: ListingPort, scope: ListingScope): Promise<Listed> {
  let restartAs: ListingUntrustworthy['restartAs'];
  for (;;) {
    const listing = new RangeListing(port, scope, { streams: STREAMS, ...(restartAs && { mode: restartAs }) });
    const segments = new Segments();
    try {
      await listing.run(segments, new AbortController().signal);
      const state = listing.state();
      const rows = state.flatMap(({ id }) => segments.rows.get(id) ?? []);
      return { rows, mode: state[0]?.mode ?? '', ranges: state.length };
    } catch (error) {
      if (!(error instanceof ListingUntrustworthy) || error.restartAs === undefined) throw error;
      restartAs = error.restartAs;
    }
  }
}

const nameOf = ({ key, versionId = '' }: SourceRow): string => `${key}@${versionId}`;

describe.each([
  ['SeaweedFS', () => Promise.resolve(testStack().s3Endpoint), 'segments'],
  ['versitygw', () => started(startVersityGw()), 'bytes'],
  ['moto', () => started(startMoto()), 'bytes'],
] as const)('%s', (_name, start, mode) => {
  let buckets: Buckets;
  let stores: Stores;
  let bySdk: readonly SourceRow[];

  beforeAll(async () => {
    buckets = new Buckets(await start());
    stores = createStores(oneStoreConfig(buckets.endpoint, 'workspace', []));
    await buckets.create(BUCKET, VERSIONED);
    await putAll(buckets, BUCKET, oddKeys(KEYS));
    const VersioningConfiguration = { Status: 'Enabled' } as const;
    await buckets.client.send(new PutBucketVersioningCommand({ Bucket: VERSIONED, VersioningConfiguration }));
    const keys = oddKeys(VERSIONED_KEYS);
    await putAll(buckets, VERSIONED, keys);
    await putAll(buckets, VERSIONED, keys.slice(0, 150));
    for (const Key of keys.slice(100, 130)) {
      await buckets.client.send(new DeleteObjectCommand({ Bucket: VERSIONED, Key })).catch(onlyAnswered);
    }
    bySdk = await listedBySdk(buckets, BUCKET);
  }, PUTTING_MS);

  afterAll(async () => {
    buckets?.close();
    await stores?.close();
  });

  test('as the SDK lists it, by several streams', async () => {
    const { rows, ...how } = await listed(stores.workspace(), { bucket: BUCKET, versions: 'Current' });
    expect(bySdk.length).toBeGreaterThan(KEYS / 2);
    expect(rows).toEqual(bySdk);
    expect(how.mode).toBe(mode);
    expect(how.ranges).toBeGreaterThan(1);
  });

  test('below a prefix', async () => {
    const { rows } = await listed(stores.workspace(), { bucket: BUCKET, versions: 'Current', prefix: '3/' });
    expect(rows).toEqual(bySdk.filter(({ key }) => key.startsWith('3/')));
    expect(rows.length).toBeGreaterThan(50);
  });

  test('in pieces', async () => {
    const scope: ListingScope = { bucket: BUCKET, versions: 'Current' };
    const cut = await cutKeySpace(stores.workspace(), scope, 5, new AbortController().signal);
    const pieces: SourceRow[] = [];
    for (const piece of cut.pieces) {
      const listing = new RangeListing(stores.workspace(), { ...scope, ...piece }, { streams: 2, mode: cut.mode });
      const segments = new Segments();
      await listing.run(segments, new AbortController().signal);
      pieces.push(...listing.state().flatMap(({ id }) => segments.rows.get(id) ?? []));
    }
    expect(cut.pieces.length).toBeGreaterThan(3);
    expect(pieces).toEqual(bySdk);
  });

  test('versions and delete markers', async () => {
    const expected = await versionsBySdk(buckets, VERSIONED);
    const { rows } = await listed(stores.workspace(), { bucket: VERSIONED, versions: 'All' });
    expect(expected.length).toBeGreaterThan(VERSIONED_KEYS);
    expect(rows.map(nameOf).sort()).toEqual([...expected].sort());
    expect(rows.filter(({ isDeleteMarker }) => isDeleteMarker).length).toBeGreaterThan(0);
  });
});
