import type { Config } from '../../config/config';
import type { StoreProfile } from '../../contracts/store-profile';
import { textOfHeader } from '../../storage/http/header-text';
import { orderOf } from '../../storage/key-order';
import type { ObjectStore } from '../../storage/object-store';
import { StoreError } from '../../storage/store-error';
import { BODY, type ProbeTarget, Scratch } from './scratch';

/** One thing that a store was seen to do, or not. */
export interface ProbeFinding {
  /** A member of the profile, or the name of what the store can do. */
  readonly name: string;
  readonly value: string;
  /** How it was seen. */
  readonly seen: string;
}

export interface ProbeResult {
  readonly findings: readonly ProbeFinding[];
  /** For the configuration. */
  readonly profile: Partial<StoreProfile>;
  /** Keys of scratch objects that could not be removed. */
  readonly left: readonly string[];
}

const PROBE_MS = 120_000;
const WRONG_ETAG = '"00000000000000000000000000000000"';
/** Before there was a store. */
const LONG_AGO = new Date(1_000);
/** In the order of UTF-8 bytes. A store that sorts by the segments of paths has `a/b` first; there is no `a`, which many a store does not take beside it. */
const ORDERED = ['order/a-b', 'order/a/b', 'order/aa', 'order/b'];
const NAMES = ['a', 'b', 'c', 'd', 'e', 'f', ...ORDERED];
/** Header values are octets, a character for each. */
const UTF8_VALUE = Buffer.from('José').toString('latin1');

/**
 * Finds out what a store understands, with scratch objects in a folder of its own below the prefix. Rejects with `StoreError`
 * when the store takes no plain object there, or is out of reach.
 */
export async function probeStore(config: Config, target: ProbeTarget): Promise<ProbeResult> {
  const scratch = new Scratch(config, target, AbortSignal.timeout(PROBE_MS));
  try {
    return await new Probe(scratch).run();
  } finally {
    await scratch.close();
  }
}

class Probe {
  private readonly findings: ProbeFinding[] = [];
  private profile: Partial<StoreProfile> = {};

  constructor(private readonly scratch: Scratch) {}

  async run(): Promise<ProbeResult> {
    let left: string[];
    try {
      await this.scratch.put('a');
      await this.checksums();
      await this.deletion();
      const store = this.asKnown();
      await this.conditions(store);
      await this.listings(store);
      await this.metadata(store);
      await this.others(store);
    } finally {
      left = await this.scratch.clean(NAMES);
    }
    return { findings: this.findings, profile: this.profile, left };
  }

  /** With what is known by now, so that one refusal is not taken for another. */
  private asKnown(): ObjectStore {
    const { checksumHeaders = true, contentMd5 = false } = this.profile;
    return this.scratch.as({ checksumHeaders, contentMd5 });
  }

  private found<M extends keyof StoreProfile>(member: M, value: StoreProfile[M], seen: string): void {
    this.profile = { ...this.profile, [member]: value };
    this.findings.push({ name: member, value: String(value), seen });
  }

  private async checksums(): Promise<void> {
    const { scratch } = this;
    const { signal } = scratch;
    const store = scratch.as({});
    const written = await answerOf(store.putObject({ ...scratch.at('b'), Body: BODY }, { signal }));
    const read = await answerOf(store.describeObject({ ...scratch.at('a'), ChecksumMode: 'ENABLED' }, { signal }));
    const refused = [written, read].find((answer) => answer !== OK);
    this.found('checksumHeaders', refused === undefined, refused ?? 'PutObject and HeadObject take them');
  }

  private async deletion(): Promise<void> {
    const { scratch } = this;
    const { checksumHeaders } = this.profile;
    const request = {
      Bucket: scratch.at('').Bucket,
      Delete: { Objects: [scratch.at('c'), scratch.at('d')].map(keyOf) },
    };
    for (const contentMd5 of checksumHeaders ? [false, true] : [true]) {
      for (const name of ['c', 'd']) await scratch.put(name);
      const store = scratch.as({ checksumHeaders: checksumHeaders ?? true, contentMd5 });
      const answer = await answerOf(store.deleteObjects(request, { signal: scratch.signal }));
      if (answer !== OK && !contentMd5) continue;
      this.found('multiDelete', answer === OK, answer === OK ? 'DeleteObjects of two keys' : answer);
      if (answer !== OK) return;
      if (checksumHeaders) {
        this.found('contentMd5', contentMd5, contentMd5 ? 'DeleteObjects is refused without' : 'a CRC32 is enough');
      }
      const there = [await scratch.exists('c'), await scratch.exists('d')].some(Boolean);
      const seen = there ? 'keys that are said to be deleted are there' : 'both keys are gone';
      this.found('confirmsDeletion', !there, seen);
      return;
    }
  }

  /** A store that knows a condition answers 412 to one that does not hold; others refuse the header, or ignore it. */
  private async conditions(store: ObjectStore): Promise<void> {
    const { scratch } = this;
    const { signal } = scratch;
    const at = scratch.at('a');
    const CopySource = `${at.Bucket}/${encodeURIComponent(scratch.at('b').Key)}`;
    await scratch.put('b');
    await this.condition('conditionalPut', [
      () => store.putObject({ ...at, Body: BODY, IfNoneMatch: '*' }, { signal }),
      () => store.putObject({ ...at, Body: BODY, IfMatch: WRONG_ETAG }, { signal }),
    ]);
    await this.condition('conditionalCopy', [
      () => store.copyObject({ ...at, CopySource, IfNoneMatch: '*' }, { signal }),
      () => store.copyObject({ ...at, CopySource, IfMatch: WRONG_ETAG }, { signal }),
    ]);
    const complete = async (condition: object): Promise<unknown> => {
      const { UploadId, ETag } = await scratch.upload('a');
      const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
      return store.completeMultipartUpload({ ...at, UploadId, MultipartUpload, ...condition }, { signal });
    };
    await this.condition('conditionalComplete', [
      () => complete({ IfNoneMatch: '*' }),
      () => complete({ IfMatch: WRONG_ETAG }),
    ]);
    await this.condition('conditionalSource', [
      () => store.copyObject({ ...at, CopySource, CopySourceIfMatch: WRONG_ETAG }, { signal }),
      () => store.copyObject({ ...at, CopySource, CopySourceIfUnmodifiedSince: LONG_AGO }, { signal }),
    ]);
    await this.condition('conditionalDelete', [() => store.deleteObject({ ...at, IfMatch: WRONG_ETAG }, { signal })]);
  }

  private async condition(member: keyof StoreProfile, tries: readonly (() => Promise<unknown>)[]): Promise<void> {
    for (const attempt of tries) {
      const answer = await answerOf(attempt());
      if (answer.startsWith('412')) continue;
      this.found(member, false, answer === OK ? 'a condition that does not hold is ignored' : answer);
      return;
    }
    this.found(member, true, 'a condition that does not hold is refused with 412');
  }

  /** What no setting speaks of. */
  private async others(store: ObjectStore): Promise<void> {
    const { scratch } = this;
    const { signal } = scratch;
    await scratch.put('e');
    const calls: readonly (readonly [name: string, call: string, answer: Promise<unknown>])[] = [
      ['tags', 'GetObjectTagging', store.getObjectTagging(scratch.at('e'), { signal })],
      ['access control lists', 'GetObjectAcl', store.getObjectAcl(scratch.at('e'), { signal })],
      ['versions', 'ListObjectVersions', store.listObjectVersions({ ...inFolder(scratch), MaxKeys: 1 }, { signal })],
    ];
    for (const [name, call, asked] of calls) {
      const answer = await answerOf(asked);
      this.findings.push({ name, value: answer === OK ? 'yes' : 'no', seen: answer === OK ? call : answer });
    }
  }

  private async listings(store: ObjectStore): Promise<void> {
    const { scratch } = this;
    const refusal = await this.orderedKeys();
    const all = refusal ?? (await this.listed(store, {}));
    if (isText(all)) {
      this.unknown('listingOrder', all);
      this.unknown('startAfter', all);
    } else {
      const names = all.map((key) => key.slice(scratch.folder.length)).join(' ');
      if (all.length < ORDERED.length) this.unknown('listingOrder', `of ${ORDERED.join(' ')} only ${names}`);
      else this.found('listingOrder', orderOf(all) ?? 'other', names);
      await this.startAfter(store, all);
    }
    const { Bucket: bucket, Prefix: prefix } = inFolder(scratch);
    const asked = store.listPage({ bucket, prefix, versions: false, restores: true }, { signal: scratch.signal });
    const answer = await answerOf(asked);
    if (answer === OK) {
      this.unknown('restoreInListings', 'ListObjectsV2 takes the header; only archived objects show more');
    } else this.found('restoreInListings', false, answer);
  }

  private async startAfter(store: ObjectStore, all: readonly string[]): Promise<void> {
    const [, second = ''] = all;
    const after = await this.listed(store, { StartAfter: second });
    if (isText(after)) {
      this.found('startAfter', false, after);
      return;
    }
    const isObeyed = String(after) === String(all.slice(2));
    this.found('startAfter', isObeyed, `${after.length} of ${all.length} keys after the second`);
  }

  /** What the store says against the keys whose order is asked for. */
  private async orderedKeys(): Promise<string | undefined> {
    for (const name of ORDERED) {
      const answer = await answerOf(this.scratch.put(name));
      if (answer !== OK) return answer;
    }
    return undefined;
  }

  /** Keys in the store's order, or its refusal. */
  private async listed(store: ObjectStore, more: object): Promise<readonly string[] | string> {
    const { scratch } = this;
    const expected = ORDERED.map((name) => scratch.at(name).Key);
    const Prefix = `${scratch.folder}order/`;
    try {
      const page = await store.listObjects({ ...inFolder(scratch), Prefix, ...more }, { signal: scratch.signal });
      return page.objects.map(({ key }) => key).filter((key) => expected.includes(key));
    } catch (error) {
      return refusalOf(error);
    }
  }

  private async metadata(store: ObjectStore): Promise<void> {
    const { scratch } = this;
    const { signal } = scratch;
    const at = scratch.at('f');
    const put = await answerOf(store.putObject({ ...at, Body: BODY, Metadata: { author: UTF8_VALUE } }, { signal }));
    if (put !== OK) {
      this.found('metadataUtf8', false, put);
      return;
    }
    const { metadata } = await store.describeObject(at, { signal });
    const told = metadata['author'] ?? 'nothing';
    const isKept = told === UTF8_VALUE;
    this.found('metadataUtf8', isKept, isKept ? 'told as it was put' : `told as ${textOfHeader(told)}`);
  }

  /** A member that stays open: it is found out at work. */
  private unknown(member: keyof StoreProfile, seen: string): void {
    this.findings.push({ name: member, value: 'unknown', seen });
  }
}

const OK = 'ok';

/** `ok`, or the refusal. Rejects when the store is out of reach: that says nothing of what it understands. */
async function answerOf(asked: Promise<unknown>): Promise<string> {
  try {
    await asked;
    return OK;
  } catch (error) {
    return refusalOf(error);
  }
}

function refusalOf(error: unknown): string {
  if (!(error instanceof StoreError) || error.storeDown) throw error;
  return `${String(error.httpStatus)} ${error.code}: ${error.message}`;
}

function keyOf({ Key }: { readonly Key: string }): { readonly Key: string } {
  return { Key };
}

function isText(keys: readonly string[] | string): keys is string {
  return typeof keys === 'string';
}

function inFolder(scratch: Scratch): { readonly Bucket: string; readonly Prefix: string } {
  return { Bucket: scratch.at('').Bucket, Prefix: scratch.folder };
}
