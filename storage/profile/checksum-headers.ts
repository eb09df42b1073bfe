import type { AwsOperation } from '../aws/operation';
import type { StoreError } from '../store-error';

type Input = Readonly<Record<string, unknown>>;

/**
 * Codes of a refusal that may be for a header, in the words of many stores. Those that tell of damaged bytes (BadDigest and its
 * kind) are not among them: the same bytes must not go without a checksum then.
 */
const VAGUE_CODES: readonly string[] = [
  'BadRequest',
  'ExcessHeaderValues',
  'InvalidArgument',
  'InvalidHeader',
  'InvalidRequest',
  'NotImplemented',
  'UnsupportedHeader',
];

/** True when the request has a checksum that is not the job's own wish: S3 would do without, or take Content-MD5. */
export function hasSpareChecksum(operation: AwsOperation, input: object): boolean {
  if (!mayHaveSpareChecksum(operation)) return false;
  if ((input as Input)['ChecksumAlgorithm'] !== undefined) return false;
  if (operation.bodyChecksum === true) return true;
  for (const name in input) if (isChecksumMember(name, input as Input)) return true;
  return false;
}

const WITH_CHECKSUMS = new WeakMap<AwsOperation, boolean>();

/** By the operation alone, since members are not to be gone through for each object. */
function mayHaveSpareChecksum(operation: AwsOperation): boolean {
  const known = WITH_CHECKSUMS.get(operation);
  if (known !== undefined) return known;
  const names = inputMembers(operation);
  const isSpare = (name: string): boolean => name.startsWith('Checksum') && name !== 'ChecksumAlgorithm';
  const may = operation.bodyChecksum !== false || names.some(isSpare);
  WITH_CHECKSUMS.set(operation, may);
  return may;
}

/** The SDK's schema of a structure has the names at its fifth place, and stands in a function where it is needed before its definition. */
function inputMembers({ schema: { input } }: AwsOperation): readonly string[] {
  const structure = (typeof input === 'function' ? (input as () => unknown)() : input) as readonly unknown[];
  return structure[4] as readonly string[];
}

/** True when a request with a checksum header may have been refused for it. */
export function mayBeForChecksum({ httpStatus, code }: StoreError): boolean {
  return (httpStatus === 400 || httpStatus === 501) && VAGUE_CODES.includes(code);
}

export function wantsContentMd5(operation: AwsOperation, { code, message, httpStatus }: StoreError): boolean {
  if (operation.bodyChecksum !== true) return false;
  return code === 'MissingContentMD5' || (httpStatus === 400 && /content-?md5/i.test(message));
}

export function withoutChecksumMembers(input: object): object {
  const kept = Object.entries(input).filter(([name]) => !isChecksumMember(name, input as Input));
  return Object.fromEntries(kept);
}

function isChecksumMember(name: string, input: Input): boolean {
  return name.startsWith('Checksum') && input[name] !== undefined;
}

const withMd5 = new Map<AwsOperation, AwsOperation>();

/** The same operation, whose bodies come with Content-MD5. One for each, since its requests are kept as templates. */
export function contentMd5Of(operation: AwsOperation): AwsOperation {
  if (operation.bodyChecksum !== true) return operation;
  let other = withMd5.get(operation);
  if (!other) withMd5.set(operation, (other = { ...operation, bodyChecksum: 'MD5' }));
  return other;
}
