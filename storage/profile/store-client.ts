import type { StoreProfile } from '../../contracts/store-profile';
import type { AwsClient } from '../aws/client';
import type { AwsOperation } from '../aws/operation';
import type { HttpAnswer } from '../http/exchange';
import { StoreError } from '../store-error';
import {
  contentMd5Of,
  hasSpareChecksum,
  mayBeForChecksum,
  wantsContentMd5,
  withoutChecksumMembers,
} from './checksum-headers';
import { checkCondition, conditionOf, withoutCondition } from './conditions';
import type { Knowledge, LearnedMember, Shown } from './knowledge';
import { isNotImplemented } from './refusals';

type Send<Answer> = (operation: AwsOperation, input: object) => Promise<Answer>;

/** A request with what a store may not understand of it. */
interface Request {
  readonly operation: AwsOperation;
  readonly input: object;
  readonly signal: AbortSignal | undefined;
  /** Undefined: it has no checksum that it could do without. */
  readonly checksum: 'checksumHeaders' | 'checksumMode' | undefined;
  readonly condition: LearnedMember | undefined;
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
    return this.put(operation, input, signal, (as, fit) => this.client.call(as, resource, fit, signal));
  }

  open(operation: AwsOperation, resource: string, input: object, signal?: AbortSignal): ReturnType<AwsClient['open']> {
    return this.put(operation, input, signal, (as, fit) => this.client.open(as, resource, fit, signal));
  }

  async output(operation: AwsOperation, resource: string, input: object, signal?: AbortSignal): Promise<object> {
    return this.parse(operation, await this.call(operation, resource, input, signal));
  }

  parse(operation: AwsOperation, answer: HttpAnswer): Promise<object> {
    return this.client.parse(operation, answer);
  }

  /** Most requests have nothing to doubt, or what was taken as it is before: they go without another layer, which each object would pay for. */
  private put<Answer>(
    operation: AwsOperation,
    input: object,
    signal: AbortSignal | undefined,
    send: Send<Answer>,
  ): Promise<Answer> {
    const condition = conditionOf(operation, input);
    if (condition === undefined && this.isTaken(operation)) return send(operation, input);
    const checksum = spareChecksum(operation, input);
    if (checksum === undefined && condition === undefined) return send(operation, input);
    return this.putAsUnderstood({ operation, input, signal, checksum, condition }, send);
  }

  private isTaken(operation: AwsOperation): boolean {
    const { checksumHeaders, contentMd5 } = this.knowledge.profile;
    return checksumHeaders && !contentMd5 && this.taken.has(operation);
  }

  private async putAsUnderstood<Answer>(request: Request, send: Send<Answer>): Promise<Answer> {
    const tried: Doubt[] = [];
    let refusal: StoreError | undefined;
    for (;;) {
      const profile = profileWith(this.knowledge.profile, tried);
      const input = await this.withoutCondition(request, profile);
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
  private async withoutCondition({ input, condition, signal }: Request, profile: StoreProfile): Promise<object> {
    if (condition === undefined || profile[condition]) return input;
    await checkCondition(this.client, input, signal);
    return withoutCondition(input);
  }

  /** What to do without in the next attempt; undefined when the refusal is for something else. */
  private doubtOf(
    { operation, checksum, condition }: Request,
    profile: StoreProfile,
    tried: readonly Doubt[],
    error: StoreError,
  ): Doubt | undefined {
    const isOpen = (member: LearnedMember, shown: Shown = member): boolean =>
      this.knowledge.isOpen(shown) && !tried.some((doubt) => doubt.member === member);
    const speaksOfChecksum = /checksum/i.test(error.message);
    if (condition !== undefined && profile[condition] && !speaksOfChecksum && isNotImplemented(error)) {
      if (isOpen(condition)) return { member: condition, value: false };
    }
    if (checksum === undefined || !profile.checksumHeaders) return undefined;
    if (wantsContentMd5(operation, error) && !profile.contentMd5 && isOpen('contentMd5')) {
      return { member: 'contentMd5', value: true };
    }
    if (!mayBeForChecksum(error) || !isOpen('checksumHeaders', checksum)) return undefined;
    return { member: 'checksumHeaders', value: false };
  }

  /** The last attempt is what made the difference. */
  private conclude({ operation, checksum, condition }: Request, tried: readonly Doubt[]): void {
    const last = tried.at(-1);
    if (last !== undefined) {
      this.knowledge.learn(last.member, last.value);
      return;
    }
    const { profile } = this.knowledge;
    if (checksum !== undefined && profile.checksumHeaders) {
      this.knowledge.confirm(checksum);
      this.taken.add(operation);
    }
    if (condition !== undefined && profile[condition]) this.knowledge.confirm(condition);
  }

  /** Another refusal than before tells of the header as a success does. A condition that does not hold was understood. */
  private concludeFrom(request: Request, tried: readonly Doubt[], { httpStatus }: StoreError): void {
    if (tried.length > 0 || httpStatus === 412) this.conclude(request, tried);
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
