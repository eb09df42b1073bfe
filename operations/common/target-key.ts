import { z } from 'zod';
import type { Task } from '../../contracts/engine/outcome';
import { climbs, startClimbs } from '../../contracts/object-key';
import { expandPlaceholders, PLACEHOLDER_NAMES } from '../../contracts/text/date-placeholders';
import { StoreError } from '../../storage/store-error';

/** The longest key that S3 takes ("Naming Amazon S3 objects"); counted in bytes of UTF-8. */
export const KEY_BYTES_MAX = 1_024;

/** What a template is filled from. */
interface Offer {
  readonly task: Task;
  readonly createdAt: Date;
}

/** Each gives what stands for the placeholder; undefined: the object has none, see `GLUE`. */
const PLACEHOLDERS: Readonly<Record<string, (offer: Offer) => string | undefined>> = {
  bucket: ({ task }) => task.bucket,
  key: ({ task }) => task.key,
  basename: ({ task }) => basename(task.key),
  dirname: ({ task }) => dirname(task.key),
  stem: ({ task }) => stem(basename(task.key)),
  ext: ({ task }) => extension(basename(task.key)),
  versionId: ({ task }) => versionOf(task),
  ...Object.fromEntries(
    PLACEHOLDER_NAMES.map((name) => [name.slice(1, -1), ({ createdAt }: Offer) => expandPlaceholders(name, createdAt)]),
  ),
  MM: ({ createdAt }) => createdAt.toISOString().slice(14, 16),
  SS: ({ createdAt }) => createdAt.toISOString().slice(17, 19),
};

/** Text next to a placeholder that goes with it: so `{dirname}/{basename}` and `{stem}.{ext}` are right for all keys. */
const GLUE: Readonly<Record<string, { readonly before?: string; readonly after?: string }>> = {
  dirname: { after: '/' },
  ext: { before: '.' },
};

/** Said of what is the same in all target keys; those of single objects are looked at when they are sent. */
const CLIMBS = 'must not climb above the target bucket: it has more .. than names before them';

const NAMES = Object.keys(PLACEHOLDERS).map((name) => `{${name}}`);

export const targetKeyMembers = {
  TargetKeyPrefix: z
    .string()
    .min(1)
    .max(KEY_BYTES_MAX)
    .refine((prefix) => !climbs(prefix), CLIMBS)
    .optional()
    .describe('Folder below which the target lies; a `/` is put between it and the key unless it ends in one.'),
  TargetKey: z
    .string()
    .min(1)
    .max(KEY_BYTES_MAX)
    .superRefine((template, context) => {
      const problem = templateProblem(template);
      if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
    })
    .optional()
    .describe(
      'Drover only. Key of the target, with placeholders: `{bucket}`, `{key}`, `{dirname}`, `{basename}` (what follows the last `/`), `{stem}` and `{ext}` (basename before and after its last dot), `{versionId}` (of the row); when the job was created, in UTC: `{yyyy}`, `{mm}` (month), `{dd}`, `{HH}`, `{MM}` (minutes), `{SS}`. `{{` and `}}` are braces. Without a folder the `/` after `{dirname}` is left out, without an extension the `.` before `{ext}`.',
    ),
  ReplacePrefix: z
    .strictObject({
      From: z.string().min(1).max(KEY_BYTES_MAX),
      To: z
        .string()
        .max(KEY_BYTES_MAX)
        .refine((to) => !startClimbs(to), CLIMBS),
    })
    .optional()
    .describe(
      'Drover only. Replaces `From` at the start of each key by `To`, which may be empty. Keys that do not start with `From` fail.',
    ),
} as const;

type Members = typeof targetKeyMembers;
export type TargetKeyParameters = { readonly [name in keyof Members]?: z.infer<Members[name]> };

/** At most one of the three members may be given: each says all of the key. */
export function targetKeyConflict(
  given: TargetKeyParameters,
): readonly [member: keyof TargetKeyParameters, message: string] | undefined {
  const names = Object.keys(targetKeyMembers) as (keyof Members)[];
  const [first, second] = names.filter((name) => given[name] !== undefined);
  return second && [second, `cannot be given together with ${first}`];
}

export function refuseKeyConflict(given: TargetKeyParameters, context: z.RefinementCtx): void {
  const conflict = targetKeyConflict(given);
  if (conflict) context.addIssue({ code: 'custom', path: [conflict[0]], message: conflict[1] });
}

/**
 * The key of the target, by the key of a task's object; the key itself when no member is given. The same for every run of
 * a job. Throws `StoreError` for an object that gets none: `InvalidRequest`, `InvalidArgument`, `KeyTooLongError`, all 400.
 */
export function targetKeyOf(given: TargetKeyParameters, createdAt: Date): (task: Task) => string {
  const make = keyMaker(given, createdAt);
  return (task) => {
    const key = make(task);
    if (key === '') throw new StoreError('InvalidArgument', 400, 'The target key would be empty');
    const bytes = Buffer.byteLength(key);
    if (bytes <= KEY_BYTES_MAX) return key;
    throw new StoreError(
      'KeyTooLongError',
      400,
      `The target key would have ${bytes} bytes, more than ${KEY_BYTES_MAX}`,
    );
  };
}

/**
 * True when each key of a bucket gives another target, so that what lies there is of no other object of the same bucket. A
 * template may lead several keys to one target unless the whole key is in it: as `{key}`, or as `{dirname}/` and what follows.
 */
export function keepsKeysApart({ TargetKey }: TargetKeyParameters): boolean {
  if (TargetKey === undefined || templateProblem(TargetKey) !== undefined) return true;
  const placeholders = glued(parseTemplate(TargetKey)).filter((piece) => typeof piece !== 'string');
  const names = placeholders.map(({ name }) => name);
  if (names.includes('key')) return true;
  const folder = placeholders.findIndex(({ name, after }) => name === 'dirname' && after !== '');
  const rest = placeholders.slice(folder + 1);
  const stemAt = rest.findIndex(({ name }) => name === 'stem');
  const extAt = rest.findIndex(({ name, before }) => name === 'ext' && before !== '');
  const hasName = rest.some(({ name }) => name === 'basename') || (stemAt >= 0 && extAt > stemAt);
  return folder >= 0 && hasName;
}

function keyMaker(given: TargetKeyParameters, createdAt: Date): (task: Task) => string {
  if (given.TargetKey !== undefined) return templateMaker(given.TargetKey, createdAt);
  if (given.ReplacePrefix !== undefined) {
    const { From, To } = given.ReplacePrefix;
    return ({ key }) => {
      if (key.startsWith(From)) return To + key.slice(From.length);
      throw new StoreError('InvalidRequest', 400, `The key does not begin with ${From}, which ReplacePrefix replaces`);
    };
  }
  const prefix = folderPrefix(given.TargetKeyPrefix);
  return ({ key }) => prefix + key;
}

/** "Folder1" means "into the folder Folder1" (API_control_S3CopyObjectOperation): the separator is implied. */
function folderPrefix(prefix: string | undefined): string {
  if (prefix === undefined) return '';
  return prefix.endsWith('/') ? prefix : `${prefix}/`;
}

interface Placeholder {
  readonly name: string;
  /** Literal text around the value; left out with it. */
  before: string;
  after: string;
}

function templateMaker(template: string, createdAt: Date): (task: Task) => string {
  const pieces = glued(parseTemplate(template));
  return (task) => {
    let key = '';
    for (const piece of pieces) {
      if (typeof piece === 'string') {
        key += piece;
        continue;
      }
      const value = PLACEHOLDERS[piece.name]?.({ task, createdAt });
      if (value !== undefined) key += piece.before + value + piece.after;
    }
    return key;
  };
}

function glued(pieces: readonly (string | Placeholder)[]): (string | Placeholder)[] {
  const all = [...pieces];
  for (const [index, piece] of all.entries()) {
    if (typeof piece === 'string') continue;
    const { before = '', after = '' } = GLUE[piece.name] ?? {};
    const former = all[index - 1];
    const next = all[index + 1];
    if (typeof former === 'string' && before !== '' && former.endsWith(before)) {
      all[index - 1] = former.slice(0, -before.length);
      piece.before = before;
    }
    if (typeof next === 'string' && after !== '' && next.startsWith(after)) {
      all[index + 1] = next.slice(after.length);
      piece.after = after;
    }
  }
  return all;
}

/** Text and placeholders in turn. Throws `SyntaxError` with what is wrong. */
function parseTemplate(template: string): (string | Placeholder)[] {
  const pieces: (string | Placeholder)[] = [];
  let text = '';
  for (const [token, name] of template.matchAll(/\{\{|\}\}|\{([^{}]*)\}|[{}]|[^{}]+/g)) {
    if (token === '{' || token === '}') {
      throw new SyntaxError(`a single ${token} has no meaning: ${token}${token} is a brace`);
    }
    if (name === undefined) {
      text += token === '{{' || token === '}}' ? token.charAt(0) : token;
      continue;
    }
    if (!Object.hasOwn(PLACEHOLDERS, name)) {
      throw new SyntaxError(`{${name}} is no placeholder: there are ${NAMES.join(' ')}`);
    }
    pieces.push(text, { name, before: '', after: '' });
    text = '';
  }
  return [...pieces, text];
}

function templateProblem(template: string): string | undefined {
  try {
    const [start, ...rest] = parseTemplate(template);
    const isClimbing = rest.length === 0 ? climbs : startClimbs;
    return typeof start === 'string' && isClimbing(start) ? CLIMBS : undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** What follows the last `/`: nothing for `a/b/`. */
function basename(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1);
}

/** What precedes the last `/`, so `a/b` also for `a/b/`, and empty for `/a`. */
function dirname(key: string): string | undefined {
  const slash = key.lastIndexOf('/');
  return slash < 0 ? undefined : key.slice(0, slash);
}

/** A dot at the begin or the end of a name separates nothing: `.profile` and `a.` have no extension. */
function extension(name: string): string | undefined {
  const dot = name.lastIndexOf('.');
  return dot > 0 && dot < name.length - 1 ? name.slice(dot + 1) : undefined;
}

function stem(name: string): string {
  const ext = extension(name);
  return ext === undefined ? name : name.slice(0, -ext.length - 1);
}

/** Without one, all versions would get the same key. */
function versionOf({ versionId }: Task): string {
  if (versionId !== undefined) return versionId;
  throw new StoreError('InvalidRequest', 400, 'The row names no version, which {versionId} in TargetKey needs');
}
