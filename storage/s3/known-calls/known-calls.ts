import { LIMITS } from '../../../contracts/limits';
import type { AwsCalls } from '../../aws/client';
import type { AwsOperation } from '../../aws/operation';
import { refuseClimbing } from '../../climbing-keys';
import { sourceOf } from '../../copy-source';
import { type AnswerHeaders, single } from '../../http/answer-headers';
import type { CopyObjectInput, DeleteObjectsInput } from '../../object-store';
import { StoreError } from '../../store-error';
import { S3_OPERATIONS } from '../s3-operations';
import { provenByReading } from './by-reading';
import { NULL_VERSION, otherVersion, provenByVersion } from './by-version';
import type { Finding, Findings } from './findings';
import { copyProvenOnScratch, provenOnScratch, storesNothingOnScratch, uploadProvenOnScratch } from './on-scratch';
import { objectOf, type ProbedInput, type ProbedObject, type ProbeParts, unrelated } from './probe';

type CallName = keyof typeof S3_OPERATIONS;
type Prove = (parts: ProbeParts, call: AwsOperation, object: ProbedObject, input: ProbedInput) => Promise<Finding>;

const byReading =
  (read: AwsOperation): Prove =>
  (parts, call, object) =>
    provenByReading(parts, call, read, object);

const byReadingAndWriting = (read: AwsOperation): Prove => both(byReading(read), storesNothing);

const storesNothing: Prove = (parts, call, object, input) => storesNothingOnScratch(parts, call, input, object);

const onScratch: Prove = (parts, call, object, input) => provenOnScratch(parts, call, input, object);

/**
 * Calls that a store could take for another one, which would cost the object, and how a store shows that it knows them. UpdateObjectEncryption
 * has a setting; parts, and the end of an upload, follow from its begin.
 */
const PROOFS: Partial<Record<CallName, Prove>> = {
  putObjectTagging: byReadingAndWriting(S3_OPERATIONS.getObjectTagging),
  // Old moto knows all of tagging but this.
  deleteObjectTagging: both(byReading(S3_OPERATIONS.getObjectTagging), onScratch),
  putObjectAcl: byReadingAndWriting(S3_OPERATIONS.getObjectAcl),
  // Moto sets it, and answers a read with the object.
  putObjectRetention: either(byReadingAndWriting(S3_OPERATIONS.getObjectRetention), onScratch),
  putObjectLegalHold: byReadingAndWriting(S3_OPERATIONS.getObjectLegalHold),
  restoreObject: onScratch,
  createMultipartUpload: uploadProvenOnScratch,
  copyObject: (parts, _call, object, input) => copyProvenOnScratch(parts, sourceOf(sourceText(input)), object),
};
/** Calls without a subresource, which may name a version. */
const OF_VERSIONS: readonly CallName[] = ['deleteObject'];

function both(first: Prove, second: Prove): Prove {
  return async (...of) => {
    const finding = await first(...of);
    return finding === 'known' ? second(...of) : finding;
  };
}

function either(first: Prove, second: Prove): Prove {
  return async (...of) => {
    const finding = await first(...of);
    return typeof finding === 'object' ? second(...of) : finding;
  };
}

/**
 * Lets no call go to a store that could take it for another one: a store that ignores a subresource takes `PUT ?tagging` for PutObject. Once for
 * each job, bucket and call the store has to show that it knows it.
 */
export class KnownCalls {
  private readonly names = new Map<string, Map<string, string>>();

  constructor(
    private readonly client: AwsCalls,
    /** Names the store in messages. */
    private readonly store: string,
    private readonly findings: Findings,
    private readonly jobId: string,
  ) {}

  /** Undefined when the call may be sent at once. The promise rejects with `StoreError` where it must not be sent. */
  check(name: CallName, input: ProbedInput, signal: AbortSignal | undefined): Promise<void> | undefined {
    const proof = PROOFS[name];
    if (proof === undefined && !OF_VERSIONS.includes(name)) return undefined;
    const version = versionOf(name, input);
    const { Bucket = '' } = input;
    const isKnown =
      (proof === undefined || this.findings.knows(this.nameOf(Bucket, name))) &&
      (version === undefined || this.findings.knows(this.versionName(version.Bucket, version.VersionId)));
    return isKnown ? undefined : this.prove(name, input, version, signal);
  }

  /** For DeleteObjects: one of the versions proves it for all. */
  async checkVersions(input: DeleteObjectsInput, signal: AbortSignal | undefined): Promise<void> {
    const { Bucket = '', RequestPayer, ExpectedBucketOwner } = input;
    const shared = { Bucket, RequestPayer, ExpectedBucketOwner };
    const isOpen = (versionId: string | undefined): boolean =>
      versionId !== undefined && !this.findings.knows(this.versionName(Bucket, versionId));
    const objects = (input.Delete?.Objects ?? []).filter(({ VersionId }) => isOpen(VersionId));
    for (let start = 0; start < objects.length; start += LIMITS.deletes.singlesInFlight) {
      const some = objects.slice(start, start + LIMITS.deletes.singlesInFlight);
      const open = some.filter(({ VersionId }) => isOpen(VersionId));
      await Promise.all(
        open.map(({ Key = '', VersionId }) =>
          this.proveVersion('deleteObjects', { ...shared, Key, VersionId }, signal),
        ),
      );
    }
  }

  /** Throws NotImplemented for an answer about another version than the one that was read. */
  checkRead(name: CallName, { VersionId }: ProbedInput, headers: AnswerHeaders): void {
    if (VersionId === undefined) return;
    const other = otherVersion(VersionId, headers);
    if (other === undefined) return;
    const message = `${this.store} ignores the version in ${S3_OPERATIONS[name].name}: asked for ${VersionId}, it answered with ${other}`;
    throw new StoreError('NotImplemented', 501, message);
  }

  /** An answer that names the version that was asked for tells as much. */
  learn({ Bucket = '', VersionId }: ProbedInput, headers: AnswerHeaders): void {
    if (VersionId === undefined || single(headers['x-amz-version-id']) !== VersionId) return;
    const name = this.versionName(Bucket, VersionId);
    if (!this.findings.knows(name)) this.findings.keep(name, 'known');
  }

  private async prove(
    name: CallName,
    input: ProbedInput,
    version: ProbedObject | undefined,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    refuseClimbing(input);
    if (version !== undefined) await this.proveVersion(name, version, signal);
    const proof = PROOFS[name];
    if (proof === undefined) return;
    const object = objectOf(input);
    await this.find(this.nameOf(object.Bucket, name), signal, (parts) =>
      proof(parts, S3_OPERATIONS[name], object, input),
    );
  }

  private proveVersion(name: CallName, object: ProbedObject, signal: AbortSignal | undefined): Promise<void> {
    const finding = this.versionName(object.Bucket, object.VersionId);
    return this.find(finding, signal, (parts) => provenByVersion(parts, S3_OPERATIONS[name], object));
  }

  private async find(
    name: string,
    signal: AbortSignal | undefined,
    probe: (parts: ProbeParts) => Promise<Finding>,
  ): Promise<void> {
    if (this.findings.knows(name)) return;
    const { client, store } = this;
    try {
      await this.findings.find(name, () => probe({ client, store, signal }));
    } catch (error) {
      throw unrelated(error);
    }
  }

  /** Put together once: asked before each request. */
  private nameOf(bucket: string, what: string): string {
    let names = this.names.get(what);
    if (names === undefined) this.names.set(what, (names = new Map<string, string>()));
    let name = names.get(bucket);
    if (names.size >= LIMITS.store.findingsMax) names.clear();
    if (name === undefined) names.set(bucket, (name = `${this.jobId} ${bucket} ${what}`));
    return name;
  }

  private versionName(bucket: string, versionId: string | undefined): string {
    return this.nameOf(bucket, versionId === NULL_VERSION ? 'version null' : 'version');
  }
}

/** The version that a request changes, or copies. */
function versionOf(name: CallName, input: ProbedInput): (ProbedObject & { readonly VersionId: string }) | undefined {
  // Asked before each request: most name no version, and a source is not taken apart to see that.
  const namesVersion =
    name === 'copyObject' ? sourceText(input).includes('?versionId=') : input.VersionId !== undefined;
  if (!namesVersion) return undefined;
  const { VersionId, ...object } = name === 'copyObject' ? sourceObject(input) : objectOf(input);
  return VersionId === undefined ? undefined : { ...object, VersionId };
}

function sourceObject(input: ProbedInput): ProbedObject {
  const { bucket: Bucket, key: Key, versionId: VersionId } = sourceOf(sourceText(input));
  return { Bucket, Key, VersionId, RequestPayer: input.RequestPayer };
}

function sourceText(input: ProbedInput): string {
  return (input as Pick<CopyObjectInput, 'CopySource'>).CopySource ?? '';
}
