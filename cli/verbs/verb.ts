import type { JsonObject } from '../../contracts/job';
import { UsageError } from '../usage-error';
import { type Named, targetMembers } from './operands';

export interface VerbOptions {
  readonly allVersions?: boolean;
  readonly replace?: boolean;
  readonly days?: string;
  readonly tier?: string;
  readonly algorithm?: string;
}

/** What operands and options of a verb have come to. */
export interface Given {
  /** Absent: options name the source. */
  readonly source: Named | undefined;
  /** S3 URI, of verbs that have one. */
  readonly target: string | undefined;
  readonly words: readonly string[];
  readonly options: VerbOptions;
}

export interface Asked {
  readonly operation: string;
  readonly parameters: JsonObject;
}

export interface Verb {
  readonly name: string;
  /** As other tools call it. */
  readonly aliases?: readonly string[];
  readonly description: string;
  /** As usage shows them, behind the source. */
  readonly operands: string;
  /** `required`: the last operand is an S3 URI. `optional`: it may be. */
  readonly target?: 'required' | 'optional';
  /** It has operands that are no S3 URIs. */
  readonly takesWords?: true;
  /** It removes or overwrites: on a terminal it is asked for first. */
  readonly isRisky: boolean;
  readonly flags?: readonly (readonly [flag: string, description: string])[];
  readonly ask: (given: Given) => Asked;
}

/** Short forms of `create`. */
export const VERBS: readonly Verb[] = [
  {
    name: 'copy',
    aliases: ['cp'],
    description: 'Copy objects: S3PutObjectCopy',
    operands: '<s3-target>',
    target: 'required',
    isRisky: true,
    ask: (given) => ({ operation: 'S3PutObjectCopy', parameters: targetOf(given) }),
  },
  {
    name: 'move',
    aliases: ['mv'],
    description: 'Move objects: copy, compare, delete (S3MoveObject)',
    operands: '<s3-target>',
    target: 'required',
    isRisky: true,
    ask: (given) => ({ operation: 'S3MoveObject', parameters: targetOf(given) }),
  },
  {
    name: 'delete',
    aliases: ['rm'],
    description: 'Delete objects: S3DeleteObject',
    operands: '',
    isRisky: true,
    flags: [['--all-versions', 'delete every version and delete marker, for good']],
    ask: (given) => ({
      operation: 'S3DeleteObject',
      parameters: given.options.allVersions === true ? { AllVersions: true } : {},
    }),
  },
  {
    name: 'tag',
    description: 'Tag objects and keep their other tags: S3AddObjectTagging',
    operands: '<key=value...>',
    takesWords: true,
    // A tag of the same key is overwritten.
    isRisky: true,
    flags: [['--replace', 'replace all tags: S3PutObjectTagging']],
    ask: ({ words, options: { replace = false } }) => ({
      operation: replace ? 'S3PutObjectTagging' : 'S3AddObjectTagging',
      parameters: { TagSet: tagSet(words) },
    }),
  },
  {
    name: 'acl',
    description: 'Replace the access control list of objects: S3PutObjectAcl',
    operands: '<canned-acl>',
    takesWords: true,
    isRisky: true,
    ask: ({ words }) => ({
      operation: 'S3PutObjectAcl',
      parameters: { AccessControlPolicy: { CannedAccessControlList: oneWord(words, 'a canned ACL such as private') } },
    }),
  },
  {
    name: 'restore',
    description: 'Restore archived objects: S3InitiateRestoreObject',
    operands: '',
    isRisky: false,
    flags: [
      ['--days <number>', 'days for which the restored copy stays'],
      ['--tier <tier>', 'BULK or STANDARD'],
    ],
    ask: (given) => ({ operation: 'S3InitiateRestoreObject', parameters: restoring(given) }),
  },
  {
    name: 'checksum',
    description: 'Compute checksums of objects, into the report: S3ComputeObjectChecksum',
    operands: '',
    isRisky: false,
    flags: [['--algorithm <name>', 'such as SHA256 or MD5']],
    ask: (given) => {
      const { algorithm } = given.options;
      const parameters: JsonObject = algorithm === undefined ? {} : { ChecksumAlgorithm: algorithm.toUpperCase() };
      return { operation: 'S3ComputeObjectChecksum', parameters };
    },
  },
  {
    name: 'verify',
    description: 'Compare objects with those of a target, or see that they are there: S3VerifyObject',
    operands: '[s3-target]',
    target: 'optional',
    isRisky: false,
    ask: (given) => ({
      operation: 'S3VerifyObject',
      parameters: given.target === undefined ? {} : { Against: targetOf(given) },
    }),
  },
  {
    name: 'invoke',
    description: 'Hand objects to a Lambda function or a webhook: LambdaInvoke, HttpInvoke',
    operands: '<function-arn|url>',
    takesWords: true,
    isRisky: false,
    ask: ({ words }) => {
      const callee = oneWord(words, 'the ARN of a function, or a URL,');
      return /^https?:/.test(callee)
        ? { operation: 'HttpInvoke', parameters: { Url: callee } }
        : { operation: 'LambdaInvoke', parameters: { FunctionArn: callee } };
    },
  },
];

function targetOf(given: Given): JsonObject {
  return { ...targetMembers(given.target ?? '', given.source) };
}

function restoring({ options: { days, tier } }: Given): JsonObject {
  if (days !== undefined && !/^[1-9]\d{0,8}$/.test(days)) throw new UsageError('--days must be a whole number');
  return {
    ...(days === undefined ? {} : { ExpirationInDays: Number(days) }),
    ...(tier === undefined ? {} : { GlacierJobTier: tier.toUpperCase() }),
  };
}

function oneWord([word, other]: readonly string[], what: string): string {
  if (word !== undefined && other === undefined) return word;
  throw new UsageError(`${what} is required, once`);
}

function tagSet(words: readonly string[]): JsonObject[] {
  if (words.length === 0) throw new UsageError('tags are required: key=value');
  return words.map((word) => {
    const at = word.indexOf('=');
    if (at < 1) throw new UsageError(`a tag must be key=value, not '${word}'`);
    return { Key: word.slice(0, at), Value: word.slice(at + 1) };
  });
}
