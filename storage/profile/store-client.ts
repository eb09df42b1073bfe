import type { StoreProfile } from '../../contracts/store-profile';
import type { AwsClient } from '../aws/client';
import type { AwsOperation } from '../aws/operation';
import type { HttpAnswer } from '../http/exchange';
import { S3_OPERATIONS } from '../s3/s3-operations';
import { StoreError } from '../store-error';
import {
  contentMd5Of,
  hasSpareChecksum,
  mayBeForChecksum,
  wantsContentMd5,
  withoutChecksumMembers,
} from './checksum-headers';
import { checkCondition, conditionOf, failingAtTarget, withoutCondition } from './conditions';
import type { Knowledge, LearnedMember, Shown } from './knowledge';
import { mayBeForCondition } from './refusals';
import { checkSource, failingAtSource, sourceConditionOf, withoutSourceConditions } from './source-conditions';

type Send<Answer> = (operation: AwsOperation, input: object) => Promise<Answer>;

/** A request with what a store may not understand of it. */
interface Request {
  readonly operation: AwsOperation;
  readonly input: object;
  readonly signal: AbortSignal | undefined;
  /** Undefined: it has no checksum that it could do without. */
  readonly checksum: 'checksumHeaders' | 'checksumMode' | undefined;
  /** On what is written. */
  readonly condition: LearnedMember | undefined;
  /** On the source of a copy. */
  readonly source: 'sourceMatch' | 'sourceDates' | undefined;
}

/** What a proof has done already. */
interface Done<Answer> {
  readonly answer: Answer;
}

/** A member of the profile that a refusal may be for, and what it is if the request goes well then. */
interface Doubt {
  readonly member: LearnedMember;
  readonly value: boolean;
}

/**
 * Puts each request as the store understands it, and finds out what that is: a refusal that may be for a header makes the same
 * request go without it, and when that helps, no request of the process has it any more.
 */
export class StoreClient {
  /** Operations that the store takes with the checksums of AWS. */
  private readonly taken = new Set<AwsOperation>();

  constructor(
    private readonly client: AwsClient,
    readonly knowledge: Knowledge,
  ) {}

  // As AwsClient has them.

  call(operation: AwsOperation, resource: string, input: object, signal?: AbortSignal): Promise<HttpAnswer> {
    return this.isTakenAsIs(operation, input)
      ? this.client.call(operation, resource, input, signal)
      : this.put(operation, input, signal, this.caller(resource, signal));
  }

  private caller(resource: string, signal: AbortSignal | undefined): Send<HttpAnswer> {
    return (as, fit) => this.client.call(as, resource, fit, signal);
  }

  open(operation: AwsOperation, resource: string, input: object, signal?: AbortSignal): ReturnType<AwsClient['open']> {
    return this.isTakenAsIs(operation, input)
      ? this.client.open(operation, resource, input, signal)
      : this.put(operation, input, signal, (as, fit) => this.client.open(as, resource, fit, signal));
  }

  async output(operation: AwsOperation, resource: string, input: object, signal?: AbortSignal): Promise<object> {
    return this.parse(operation, await this.call(operation, resource, input, signal));
  }

  parse(operation: AwsOperation, answer: HttpAnswer): Promise<object> {
    return this.client.parse(operation, answer);
  }

  /** Most requests have nothing to doubt, or what was taken as it is before: they go without another layer, which each object would pay for. */
  private isTakenAsIs(operation: AwsOperation, input: object): boolean {
    if (conditionOf(operation, input) !== undefined || sourceConditionOf(operation, input) !== undefined) return false;
    const { checksumHeaders, contentMd5 } = this.knowledge.profile;
    const isTaken = checksumHeaders && !contentMd5 && this.taken.has(operation);
    return isTaken || !hasSpareChecksum(operation, input);
  }

  private put<Answer>(
    operation: AwsOperation,
    input: object,
    signal: AbortSignal | undefined,
    send: Send<Answer>,
  ): Promise<Answer> {
    const condition = conditionOf(operation, input);
    const source = sourceConditionOf(operation, input);
    const request = { operation, input, signal, checksum: spareChecksum(operation, input), condition, source };
    const isPlain = condition === undefined && source === undefined;
    return isPlain ? this.putAsUnderstood(request, send) : this.putConditionally(request, send);
  }

  /**
   * A store that takes no notice of a condition does as it is told, and says nothing of it. So before a condition is relied on for the first
   * time, what it says is looked at, and a request whose condition can't hold is sent: one that goes well has done what was to be done.
   */
  private async putConditionally<Answer>(request: Request, send: Send<Answer>): Promise<Answer> {
    const done = (await this.proveSource(request, send)) ?? (await this.proveTarget(request, send));
    return done === undefined ? this.putAsUnderstood(request, send) : done.answer;
  }

  private async proveSource<Answer>(request: Request, send: Send<Answer>): Promise<Done<Answer> | undefined> {
    const { operation, input, source, signal } = request;
    // Parts of a copy have a look at their source before they are put together.
    if (source === undefined || operation !== S3_OPERATIONS.copyObject) return undefined;
    if (!this.isUnproven('conditionalSource', source)) return undefined;
    const lastModified = await checkSource(this.client, input, signal);
    const failing = failingAtSource(input, lastModified);
    return this.knowledge.prove(source, () => this.tryFailing(request, failing, ['conditionalSource', source], send));
  }

  private async proveTarget<Answer>(request: Request, send: Send<Answer>): Promise<Done<Answer> | undefined> {
    const { operation, input, condition, signal } = request;
    if (condition === undefined || !this.isUnproven(condition, condition)) return undefined;
    try {
      await checkCondition(this.client, input, signal);
    } catch (error) {
      // What HeadObject does not tell is left to the condition.
      if (!(error instanceof StoreError) || error.httpStatus !== 501) throw error;
    }
    // It would end the upload.
    if (operation === S3_OPERATIONS.completeMultipartUpload) return undefined;
    const failing = failingAtTarget(input);
    return this.knowledge.prove(condition, () =>
      failing === undefined
        ? this.putTwice(request, condition, send)
        : this.tryFailing(request, failing, [condition, condition], send),
    );
  }

  private isUnproven(member: LearnedMember, shown: Shown): boolean {
    return this.knowledge.profile[member] && this.knowledge.isOpen(shown);
  }

  private async tryFailing<Answer>(
    request: Request,
    failing: object,
    [member, shown]: readonly [LearnedMember, Shown],
    send: Send<Answer>,
  ): Promise<Done<Answer> | undefined> {
    try {
      const answer = await putAs({ ...request, input: failing }, this.knowledge.profile, send);
      this.knowledge.learn(member, false);
      return { answer };
    } catch (error) {
      if (!(error instanceof StoreError) || error.storeDown || error.answerLost) throw error;
      if (error.httpStatus === 412) this.knowledge.confirm(shown);
      // For anything else the request itself is refused as well.
      return undefined;
    }
  }

  /** What is there by now is our own: if the same request goes well again, If-None-Match is ignored. */
  private async putTwice<Answer>(request: Request, member: LearnedMember, send: Send<Answer>): Promise<Done<Answer>> {
    const answer = await this.putAsUnderstood(request, send);
    if (!this.isUnproven(member, member)) return { answer };
    try {
      const again = await putAs(request, this.knowledge.profile, send);
      this.knowledge.learn(member, false);
      return { answer: again };
    } catch (error) {
      if (error instanceof StoreError && error.httpStatus === 412) this.knowledge.confirm(member);
      // It is done, whatever became of the second one.
      return { answer };
    }
  }

  private async putAsUnderstood<Answer>(request: Request, send: Send<Answer>): Promise<Answer> {
    const tried: Doubt[] = [];
    let refusal: StoreError | undefined;
    for (;;) {
      const profile = profileWith(this.knowledge.profile, tried);
      const input = await this.withoutConditions(request, profile);
      try {
        const answer = await putAs({ ...request, input }, profile, send);
        this.conclude(request, tried);
        return answer;
      } catch (error) {
        if (!(error instanceof StoreError) || error.storeDown || error.answerLost) throw error;
        if (refusal === undefined || !isSame(refusal, error)) this.concludeFrom(request, tried, error);
        const doubt = this.doubtOf(request, profile, tried, error);
        if (doubt === undefined) throw error;
        tried.push(doubt);
        refusal = error;
      }
    }
  }

  /** The input as it goes, after a look at what the store would not look at. */
  private async withoutConditions(request: Request, profile: StoreProfile): Promise<object> {
    const { operation, condition, source, signal } = request;
    let { input } = request;
    if (source !== undefined && !profile.conditionalSource) {
      if (operation === S3_OPERATIONS.copyObject) await checkSource(this.client, input, signal);
      input = withoutSourceConditions(input);
    }
    if (condition === undefined || profile[condition]) return input;
    await checkCondition(this.client, input, signal);
    return withoutCondition(input);
  }

  /** What to do without in the next attempt; undefined when the refusal is for something else. */
  private doubtOf(
    { operation, checksum, condition, source }: Request,
    profile: StoreProfile,
    tried: readonly Doubt[],
    error: StoreError,
  ): Doubt | undefined {
    const isOpen = (member: LearnedMember, shown: Shown = member): boolean =>
      this.knowledge.isOpen(shown) && !tried.some((doubt) => doubt.member === member);
    const speaksOfChecksum = /checksum/i.test(error.message);
    if (condition !== undefined && profile[condition] && !speaksOfChecksum && mayBeForCondition(error)) {
      if (isOpen(condition)) return { member: condition, value: false };
    }
    if (source !== undefined && profile.conditionalSource && mayBeForCondition(error)) {
      if (isOpen('conditionalSource', source)) return { member: 'conditionalSource', value: false };
    }
    if (checksum === undefined || !profile.checksumHeaders) return undefined;
    if (wantsContentMd5(operation, error) && !profile.contentMd5 && isOpen('contentMd5')) {
      return { member: 'contentMd5', value: true };
    }
    if (!mayBeForChecksum(error) || !isOpen('checksumHeaders', checksum)) return undefined;
    return { member: 'checksumHeaders', value: false };
  }

  /** The last attempt is what made the difference. */
  private conclude({ operation, checksum }: Request, tried: readonly Doubt[]): void {
    const last = tried.at(-1);
    if (last !== undefined) {
      this.knowledge.learn(last.member, last.value);
    } else if (checksum !== undefined && this.knowledge.profile.checksumHeaders) {
      this.knowledge.confirm(checksum);
      this.taken.add(operation);
    }
  }

  /** Another refusal than before tells of the header as a success does. A condition that does not hold was understood. */
  private concludeFrom(request: Request, tried: readonly Doubt[], { httpStatus }: StoreError): void {
    if (tried.length > 0 || httpStatus === 412) this.conclude(request, tried);
    if (tried.length > 0 || httpStatus !== 412) return;
    const { condition, source } = request;
    if (condition === undefined && source !== undefined) this.knowledge.confirm(source);
    if (condition !== undefined && source === undefined) this.knowledge.confirm(condition);
  }
}

function putAs<Answer>(
  { operation, input, checksum }: Request,
  { checksumHeaders, contentMd5 }: StoreProfile,
  send: Send<Answer>,
): Promise<Answer> {
  if (checksum === undefined) return send(operation, input);
  if (!checksumHeaders) return send(contentMd5Of(operation), withoutChecksumMembers(input));
  return send(contentMd5 ? contentMd5Of(operation) : operation, input);
}

function spareChecksum(operation: AwsOperation, input: object): Request['checksum'] {
  if (!hasSpareChecksum(operation, input)) return undefined;
  return 'ChecksumMode' in input ? 'checksumMode' : 'checksumHeaders';
}

function profileWith(profile: StoreProfile, tried: readonly Doubt[]): StoreProfile {
  if (tried.length === 0) return profile;
  return { ...profile, ...Object.fromEntries(tried.map(({ member, value }) => [member, value])) };
}

function isSame(a: StoreError, b: StoreError): boolean {
  return a.httpStatus === b.httpStatus && a.code === b.code && a.message === b.message;
}
