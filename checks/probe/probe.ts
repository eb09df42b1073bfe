import type { Config } from '../../config/config';
import type { StoreProfile } from '../../contracts/store-profile';
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
/** In the order of UTF-8 bytes. A store that sorts by the segments of paths has `a/b` first. */
const ORDERED = ['order/a', 'order/a-b', 'order/a/b', 'order/aa'];
const NAMES = ['a', 'b', 'c', 'd', 'e', ...ORDERED];

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

  private found(member: keyof StoreProfile, value: boolean, seen: string): void {
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
    const refusal = await this.orderedKeys();
    if (refusal === undefined) await this.order(store);
    else this.findings.push({ name: 'listing order', value: 'unknown', seen: refusal });
  }

  /** What the store says against the keys whose order is asked for: one that keeps keys as paths has no `a/b` beside `a`. */
  private async orderedKeys(): Promise<string | undefined> {
    for (const name of ORDERED) {
      const answer = await answerOf(this.scratch.put(name));
      if (answer !== OK) return answer;
    }
    return undefined;
  }

  private async order(store: ObjectStore): Promise<void> {
    const { scratch } = this;
    const expected = ORDERED.map((name) => scratch.at(name).Key);
    const listed = async (more: object): Promise<readonly string[] | string> => {
      const Prefix = `${scratch.folder}order/`;
      try {
        const page = await store.listObjects({ ...inFolder(scratch), Prefix, ...more }, { signal: scratch.signal });
        return page.objects.map(({ key }) => key).filter((key) => expected.includes(key));
      } catch (error) {
        return refusalOf(error);
      }
    };
    const all = await listed({});
    const after = await listed({ StartAfter: expected[1] });
    const isText = (keys: readonly string[] | string): keys is string => typeof keys === 'string';
    this.findings.push(
      {
        name: 'listing order',
        value: isText(all) ? 'unknown' : String(all) === String(expected) ? 'UTF-8 bytes' : 'another',
        seen: isText(all) ? all : all.map((key) => key.slice(scratch.folder.length)).join(' '),
      },
      {
        name: 'start-after',
        value: !isText(after) && !after.includes(expected[0] ?? '') ? 'yes' : 'no',
        seen: isText(after) ? after : `${String(after.length)} of ${String(expected.length)} keys after the second`,
      },
    );
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

function inFolder(scratch: Scratch): { readonly Bucket: string; readonly Prefix: string } {
  return { Bucket: scratch.at('').Bucket, Prefix: scratch.folder };
}
