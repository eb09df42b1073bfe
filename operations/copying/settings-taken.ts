import { defined } from '../../contracts/defined';
import type { Task } from '../../contracts/engine/outcome';
import type { CopyObjectInput, ObjectProperties, ObjectStore } from '../../storage/object-store';
import { StoreError } from '../../storage/store-error';
import { sameTags } from '../common/tag-sets';
import {
  type FixedCopyRequest,
  metadataOf,
  readable,
  sameMetadata,
  sourceMetadata,
  tagsOfHeader,
} from './copy-request';
import { perBatch } from './per-batch';
import { grantsToOthers, readLock } from './preserve';

/** A copy, made as `request` says. */
export interface MadeCopy {
  readonly store: ObjectStore;
  readonly request: FixedCopyRequest & Pick<CopyObjectInput, 'Key'>;
  readonly task: Task;
  /** True for one that was made of bytes, and not by CopyObject: it has nothing that the request does not say. */
  readonly ofBytes?: true;
  /** The source as it was, where the copy has replaced it. */
  readonly before?: ObjectProperties;
  /** One per batch: what is found out of a bucket is remembered by it. */
  readonly context: object;
}

/** What a copy may set, and some stores take no notice of (versity/versitygw#1125, storj/edge#44). */
type Setting = 'metadata' | 'tags' | 'ACL' | 'lock' | SetByCopyAlone;
/** No request of its own sets these on an object that is there. */
const SET_BY_COPY_ALONE = ['storage class', 'encryption', 'event hold'] as const;
type SetByCopyAlone = (typeof SET_BY_COPY_ALONE)[number];

/**
 * `same`: this copy would be no other if the store took no notice. `untold`: no look tells, or these credentials may not look, and the
 * store's 200 has to do.
 */
type Finding = 'taken' | 'ignored' | 'same' | 'untold';

const findingsOf = perBatch<Promise<Finding>>();

/**
 * Looks at the first copy of a batch that shows whether the store has set what it was asked to, and gives the copies of a store
 * that has not their tags, access control list and lock by requests of their own. True when metadata are among what it has not
 * set: they need another copy. Rejects with `StoreError`, NotImplemented for a storage class, encryption or event hold that it has not set.
 */
export async function lacksMetadata(made: MadeCopy, signal: AbortSignal): Promise<boolean> {
  const told = toldOnce(made, signal);
  for (const setting of settingsOf(made.request, made.ofBytes)) {
    if ((await findingOf(setting, made, told, signal)) !== 'ignored') continue;
    if (setting === 'metadata') return true;
    if (isSetByCopyAlone(setting)) throw notSet(setting, made);
    await GIVE[setting](made, signal);
  }
  return false;
}

/** True when a former copy of the batch has shown it. */
export async function isKnownToLackMetadata({ request, context }: Omit<MadeCopy, 'store' | 'task'>): Promise<boolean> {
  if (request.MetadataDirective !== 'REPLACE') return false;
  return (await findingsOf(context).get(nameOf('metadata', request))) === 'ignored';
}

export function metadataIgnored(): StoreError {
  const text =
    'The store took the copy of the object onto itself, but took no notice of the metadata that it was to have';
  return new StoreError('NotImplemented', 501, text);
}

function isSetByCopyAlone(setting: Setting): setting is SetByCopyAlone {
  return SET_BY_COPY_ALONE.some((one) => one === setting);
}

function notSet(setting: SetByCopyAlone, { store }: MadeCopy): StoreError {
  const text = `The copy was made, but without the ${setting} asked for, of which ${store.describe()} took no notice`;
  return new StoreError('NotImplemented', 501, text);
}

function nameOf(setting: Setting, { Bucket = '' }: FixedCopyRequest): string {
  return `${setting} ${Bucket}`;
}

const WITHOUT_SETTINGS = new WeakMap<object, boolean>();

/** True when a copy asks for nothing that a store may take no notice of. Told once for a request that is shared by all tasks. */
export function setsNothing(request: FixedCopyRequest): boolean {
  const known = WITHOUT_SETTINGS.get(request);
  if (known !== undefined) return known;
  const without = settingsOf(request).length === 0;
  WITHOUT_SETTINGS.set(request, without);
  return without;
}

function settingsOf(request: FixedCopyRequest, ofBytes = false): Setting[] {
  const isLocked = request.ObjectLockMode !== undefined || request.ObjectLockLegalHoldStatus === 'ON';
  const hasTags = ofBytes ? request.Tagging !== undefined : request.TaggingDirective === 'REPLACE';
  return [
    ...(request.MetadataDirective === 'REPLACE' ? (['metadata'] as const) : []),
    ...(hasTags ? (['tags'] as const) : []),
    ...(givesToOthers(request) ? (['ACL'] as const) : []),
    ...(isLocked ? (['lock'] as const) : []),
    ...(request.StorageClass !== undefined ? (['storage class'] as const) : []),
    ...(request.ServerSideEncryption !== undefined ? (['encryption'] as const) : []),
    ...(isHeld(request) ? (['event hold'] as const) : []),
  ];
}

/** A duration is told while the hold is on, and says nothing without one. */
function isHeld(request: FixedCopyRequest): boolean {
  const {
    ObjectLockEventHold,
    ObjectLockEventHoldDurationDays: days,
    ObjectLockEventHoldDurationYears: years,
  } = request;
  return ObjectLockEventHold === 'ON' || (days ?? years) !== undefined;
}

const GRANTS = ['GrantFullControl', 'GrantRead', 'GrantReadACP', 'GrantWriteACP'] as const;
/** All others may come down to what an object has by itself: its owner's full control. */
const OPEN_ACLS: readonly (string | undefined)[] = ['public-read', 'public-read-write', 'authenticated-read'];

function givesToOthers(request: FixedCopyRequest): boolean {
  return OPEN_ACLS.includes(request.ACL) || GRANTS.some((member) => request[member] !== undefined);
}

async function findingOf(setting: Setting, made: MadeCopy, told: Told, signal: AbortSignal): Promise<Finding> {
  const findings = findingsOf(made.context);
  const name = nameOf(setting, made.request);
  const known = await findings.get(name)?.catch(() => undefined);
  if (known !== undefined && known !== 'same') return known;
  const looking = LOOK[setting](made, told, signal).catch((error: unknown): Finding => {
    if (error instanceof StoreError && error.httpStatus === 403) return 'untold';
    throw error instanceof StoreError && !error.storeDown ? notKnown(setting, error) : error;
  });
  findings.set(name, looking);
  return looking;
}

function notKnown(setting: Setting, error: StoreError): StoreError {
  const { code, httpStatus, message, requestId } = error;
  const text = `The copy was made; whether it has the ${setting} asked for is not known: ${message}`;
  return new StoreError(code, httpStatus, text, { requestId, cause: error });
}

/** What the store tells of the copy: asked when a look wants it, and once for all of them. */
type Told = () => Promise<ObjectProperties>;
type Look = (made: MadeCopy, told: Told, signal: AbortSignal) => Promise<Finding>;

function toldOnce({ store, request }: MadeCopy, signal: AbortSignal): Told {
  let asked: Promise<ObjectProperties> | undefined;
  return () => (asked ??= store.describeObject(copyOf(request), { signal }));
}

const LOOK: Readonly<Record<Setting, Look>> = {
  async metadata({ store, request, task, before }, told, signal) {
    if (before === undefined && isOntoItself(request, task)) return 'untold';
    const there = readable(sourceMetadata(await told()));
    const source = readable(
      sourceMetadata(before ?? (await store.describeObject(sourceOf(task, request), { signal }))),
    );
    const isAsAsked = sameMetadata(there, readable(metadataOf(request)));
    const isAsSource = sameMetadata(there, source);
    if (isAsAsked) return isAsSource ? 'same' : 'taken';
    // A store that puts some of them into another form has taken notice.
    return isAsSource ? 'ignored' : 'taken';
  },
  async tags({ store, request, task, ofBytes }, _told, signal) {
    const wanted = tagsOfHeader(request.Tagging);
    const { tags } = await store.getObjectTagging(copyOf(request), { signal });
    if (!sameTags(tags, wanted)) return 'ignored';
    if (ofBytes) return 'taken';
    if (isOntoItself(request, task)) return 'same';
    const { tags: before } = await store.getObjectTagging(sourceOf(task, request), { signal });
    return sameTags(before, wanted) ? 'same' : 'taken';
  },
  async ACL({ store, request }, _told, signal) {
    return grantsToOthers(await store.getObjectAcl(copyOf(request), { signal })).length > 0 ? 'taken' : 'ignored';
  },
  async lock({ store, request, context }, told, signal) {
    const from = { store, object: copyOf(request), properties: await told(), sameStore: true, context };
    const { mode, hold } = await readLock(from, signal);
    const isRetained = request.ObjectLockMode === undefined || mode !== undefined;
    return isRetained && (request.ObjectLockLegalHoldStatus !== 'ON' || hold === 'ON') ? 'taken' : 'ignored';
  },
  async 'storage class'({ request }, told) {
    // Stores name none for STANDARD (API_HeadObject, x-amz-storage-class).
    const { storageClass = 'STANDARD' } = await told();
    return storageClass === request.StorageClass ? 'taken' : 'ignored';
  },
  async encryption({ request }, told) {
    const { serverSideEncryption } = await told();
    return serverSideEncryption === request.ServerSideEncryption ? 'taken' : 'ignored';
  },
  async 'event hold'({ request }, told) {
    const { objectLockEventHold, objectLockEventHoldDays, objectLockEventHoldYears } = await told();
    const { ObjectLockEventHoldDurationDays: days, ObjectLockEventHoldDurationYears: years } = request;
    // Where no duration is asked for, the bucket may have one.
    const isAsLong =
      (days ?? years) === undefined || (objectLockEventHoldDays === days && objectLockEventHoldYears === years);
    return objectLockEventHold === 'ON' && isAsLong ? 'taken' : 'ignored';
  },
};

const GIVE: Readonly<
  Record<Exclude<Setting, 'metadata' | SetByCopyAlone>, (made: MadeCopy, signal: AbortSignal) => Promise<unknown>>
> = {
  tags({ store, request }, signal) {
    const { RequestPayer, ...object } = copyOf(request);
    const TagSet = tagsOfHeader(request.Tagging);
    return TagSet.length === 0
      ? store.deleteObjectTagging(object, { signal })
      : store.putObjectTagging({ ...object, ...defined({ RequestPayer }), Tagging: { TagSet } }, { signal });
  },
  ACL({ store, request }, signal) {
    const { ACL } = request;
    const grants = Object.fromEntries(GRANTS.map((member) => [member, request[member]]));
    return store.putObjectAcl({ ...copyOf(request), ACL, ...grants }, { signal });
  },
  async lock({ store, request }, signal) {
    const { ObjectLockMode: Mode, ObjectLockRetainUntilDate: RetainUntilDate } = request;
    if (Mode !== undefined) {
      await store.putObjectRetention({ ...copyOf(request), Retention: { Mode, RetainUntilDate } }, { signal });
    }
    if (request.ObjectLockLegalHoldStatus !== 'ON') return;
    await store.putObjectLegalHold({ ...copyOf(request), LegalHold: { Status: 'ON' } }, { signal });
  },
};

/** Its source is the copy itself by then. */
function isOntoItself({ Bucket, Key }: MadeCopy['request'], { bucket, key }: Task): boolean {
  return Bucket === bucket && Key === key;
}

interface Named {
  readonly Bucket: string;
  readonly Key: string;
  readonly VersionId?: string;
  readonly RequestPayer?: 'requester';
}

/** Checksums, which some stores do not know, are not asked for. */
function copyOf({ Bucket = '', Key = '', RequestPayer }: MadeCopy['request']): Named {
  return { Bucket, Key, ...defined({ RequestPayer }) };
}

function sourceOf({ bucket, key, versionId }: Task, { RequestPayer }: MadeCopy['request']): Named {
  return { Bucket: bucket, Key: key, ...defined({ VersionId: versionId, RequestPayer }) };
}
