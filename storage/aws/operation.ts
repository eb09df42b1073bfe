import { LIMITS } from '../../contracts/limits';
import type { FaultKind } from '../http/error-meanings';
import type { RequestTemplate, SerializedRequest } from './serialized-request';

/** As the SDK exports it, under the operation's name and `$`. */
type SdkSchema = readonly [
  kind: unknown,
  namespace: string,
  name: string,
  traits: unknown,
  input: unknown,
  output: unknown,
];

/** A body that is written here, and what is left of the input for the SDK to serialize. */
export interface WrittenBody {
  readonly text: string;
  readonly rest: object;
}

/** One call of a service, described by the SDK's own schema. */
export interface AwsOperation {
  readonly name: string;
  readonly schema: {
    readonly namespace: string;
    readonly name: string;
    readonly traits: unknown;
    readonly input: unknown;
    readonly output: unknown;
  };
  /** Sent with each request beside those of the input. */
  readonly headers?: Readonly<Record<string, string>>;
  /** True when the SDK sends a checksum of the body by default (HttpChecksum trait). `MD5`: Content-MD5 in its place. */
  readonly bodyChecksum: boolean | 'MD5';
  /** How long the answer may take to begin. */
  readonly timeoutMs: number;
  /** The size that the answer may have, where it may be large. */
  readonly answerBytesMax?: number;
  /** Throws StoreError for an input that must not be serialized. */
  readonly refuse?: (input: object) => void;
  /** Instead of the SDK's serializer, where that would be most of the cost. */
  readonly writeBody?: (input: object) => WrittenBody;
  /** For what is called once for each object of a job. Undefined when the request has to be serialized each time. */
  readonly template?: (input: object, request: SerializedRequest) => RequestTemplate | undefined;
  /**
   * For an operation whose 200 may carry an error, so that its body has to be looked at: the status that the body stands for
   * when it is one.
   */
  readonly errorIn200?: (body: Uint8Array) => number | undefined;
  /** True when an empty 200 is an answer, too. */
  readonly mayBeEmpty?: boolean;
  /** True when the caller looks what an empty 200 stands for: it is not sent again before. */
  readonly looksAfterEmpty?: boolean;
  /** False for an answer to another request, where a server that does not know this one takes it for that. */
  readonly isAnswer?: (body: Uint8Array) => boolean;
  /**
   * False for a request that must not be sent again when its answer was lost, since it may do another thing then: the caller
   * looks first. Absent: it may. Refusals are repeated in any case.
   */
  readonly mayRepeat?: (input: object) => boolean;
  /** Whether a refusal is worth another attempt. Absent: as `classify` says. */
  readonly faultKind?: (httpStatus: number, code: string) => FaultKind;
}

export function awsOperation(
  schema: unknown,
  options: Partial<Omit<AwsOperation, 'name' | 'schema'>> = {},
): AwsOperation {
  const [, namespace, name, traits, input, output] = schema as SdkSchema;
  return {
    name,
    schema: { namespace, name, traits, input, output },
    bodyChecksum: false,
    timeoutMs: LIMITS.request.timeoutMs,
    ...options,
  };
}
