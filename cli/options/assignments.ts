import { bucketArn } from '../../contracts/arn';
import type { Json, JsonObject } from '../../contracts/job';
import type { ParameterShape } from '../../operations/parameter-shape';
import { UsageError } from '../usage-error';
import { closest, named } from './names';

const oneOf = new Intl.ListFormat('en', { type: 'disjunction' });

/**
 * Adds `Name=value` pairs to the members of a structure, each of the type that its shape wants. Dots lead into structures
 * (`LegalHold.Status=ON`), maps (`UserMetadata.owner=me`) and lists of tags (`TagSet.team=data`); a list of texts takes the
 * pair several times; a structure or list may also be given as JSON. Names and types are checked here, what values may be by
 * the API. Throws `UsageError`.
 */
export function assign(members: JsonObject, shape: ParameterShape, pairs: readonly string[], flag: string): JsonObject {
  const all = structuredClone(members);
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    if (at < 1) throw new UsageError(`${flag} must be Name=value, not '${pair}'`);
    place(all, shape, { path: pair.slice(0, at), text: pair.slice(at + 1), flag: `${flag} ${pair.slice(0, at)}` });
  }
  return all;
}

interface Given {
  /** What is left of the dotted name. */
  readonly path: string;
  readonly text: string;
  readonly flag: string;
}

function place(target: JsonObject, shape: ParameterShape, given: Given): void {
  const dot = given.path.indexOf('.');
  const asked = dot < 0 ? given.path : given.path.slice(0, dot);
  const name = named(asked, [...shape.members().keys()]) ?? asked;
  const member = shape.members().get(name)?.shape;
  if (member === undefined) {
    const names = [...shape.members()].filter(([, one]) => one.shape.kind !== 'refused').map(([known]) => known);
    const near = closest(name, names);
    const hint = near === undefined ? `expected ${oneOf.format(names) || 'none'}` : `did you mean ${near}?`;
    throw new UsageError(`${given.flag}: unknown member ${name}; ${hint}`);
  }
  if (dot >= 0) placeInside(target, name, member, { ...given, path: given.path.slice(dot + 1) });
  else if (member.kind === 'list' && !/^\s*\[/.test(given.text)) {
    listIn(target, name).push(valueOf(member.items(), given));
  } else put(target, name, valueOf(member, given, name), given.flag);
}

function placeInside(target: JsonObject, name: string, member: ParameterShape, given: Given): void {
  if (member.kind === 'structure') place(objectIn(target, name), member, given);
  else if (member.kind === 'map') put(objectIn(target, name), given.path, valueOf(member.items(), given), given.flag);
  else if (isTags(member)) listIn(target, name).push({ Key: given.path, Value: given.text });
  else throw new UsageError(`${given.flag}: ${name} has no members`);
}

function isTags(shape: ParameterShape): boolean {
  return shape.kind === 'list' && shape.items().members().has('Key') && shape.items().members().has('Value');
}

function put(target: JsonObject, name: string, value: Json, flag: string): void {
  if (Object.hasOwn(target, name)) throw new UsageError(`${flag} is given twice`);
  target[name] = value;
}

function objectIn(target: JsonObject, name: string): JsonObject {
  const known = Object.hasOwn(target, name) ? target[name] : (target[name] = {});
  if (typeof known === 'object' && known !== null && !Array.isArray(known)) return known;
  throw new UsageError(`${name} is not a structure in --parameters`);
}

function listIn(target: JsonObject, name: string): Json[] {
  const known = Object.hasOwn(target, name) ? target[name] : (target[name] = []);
  if (Array.isArray(known)) return known;
  throw new UsageError(`${name} is not a list in --parameters`);
}

function valueOf({ kind }: ParameterShape, { text, flag }: Given, name = ''): Json {
  switch (kind) {
    case 'boolean':
      if (text !== 'true' && text !== 'false') throw new UsageError(`${flag} must be true or false, not '${text}'`);
      return text === 'true';
    case 'integer':
    case 'number':
      if (!/^-?\d{1,15}(\.\d{1,15})?$/.test(text)) throw new UsageError(`${flag} must be a number, not '${text}'`);
      return Number(text);
    case 'structure':
    case 'map':
    case 'list':
      return jsonOf(text, flag);
    default:
      return name === 'TargetResource' ? arnOf(text, flag) : text;
  }
}

/** Buckets are called `s3://bucket` elsewhere on this command line. */
function arnOf(text: string, flag: string): string {
  if (text.startsWith('arn:')) return text;
  const [, bucket, folder = ''] = /^s3:\/\/([^/]+)(?:\/(.*))?$/s.exec(text) ?? [];
  if (bucket !== undefined && folder === '') return bucketArn(bucket);
  const set = flag.replace(/TargetResource$/i, '');
  if (bucket === undefined) throw new UsageError(`${flag} must be a bucket: write ${set}TargetResource=s3://${text}`);
  const hint = `${set}TargetResource=s3://${bucket} ${set}TargetKeyPrefix=${folder}`;
  throw new UsageError(
    `${flag} must be a bucket without a folder: write ${hint} where the operation has TargetKeyPrefix`,
  );
}

function jsonOf(text: string, flag: string): Json {
  try {
    const value = JSON.parse(text) as Json;
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // Said below.
  }
  throw new UsageError(`${flag} must be JSON, or be set by its members (${flag}.…=value)`);
}
