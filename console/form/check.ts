import { bucketArnOf } from '../parts/s3-uri';
import { type Field, matches, takesEmpty } from './field';
import { isObject, type Json, listOf, objectOf } from './json';

/** What is wrong in a place: `Operation.S3PutObjectTagging.TagSet.0.Key`, as the API writes it. */
export interface Problem {
  readonly path: string;
  readonly message: string;
}

/** What can be told without the API. It looks again, and has the last word. */
export function problemsOf(field: Field, value: Json | undefined, path: string): readonly Problem[] {
  if (value === undefined || (value === '' && !takesEmpty(field))) {
    return field.required ? [{ path, message: 'is required' }] : [];
  }
  const message = messageFor(field, value);
  if (message !== undefined) return [{ path, message }];
  return within(field, value, path);
}

function within(field: Field, value: Json, path: string): readonly Problem[] {
  switch (field.kind) {
    case 'structure':
      return field.members().flatMap((each) => problemsOf(each, objectOf(value)[each.name], `${path}.${each.name}`));
    case 'list': {
      const item = field.item();
      return listOf(value).flatMap((each, index) => problemsOf(item, each, `${path}.${index}`));
    }
    case 'map':
      return Object.entries(objectOf(value)).flatMap(([name, each]) => {
        const inName = problemsOf(field.itemName(), name, `${path}.${name}`);
        return inName.length > 0 ? inName : problemsOf(field.item(), each, `${path}.${name}`);
      });
    default:
      return [];
  }
}

function messageFor(field: Field, value: Json): string | undefined {
  switch (field.kind) {
    case 'structure':
    case 'map':
      return isObject(value) ? undefined : 'has the wrong form';
    case 'list':
      return listProblem(field, listOf(value).length);
    case 'text':
      return typeof value === 'string' ? textProblem(field, value) : 'must be a text';
    case 'time':
      return typeof value === 'string' && !Number.isNaN(Date.parse(value)) ? undefined : 'must be a time';
    case 'choice':
      return field.values.includes(value as string) ? undefined : `must be one of ${field.values.join(', ')}`;
    case 'integer':
    case 'number':
      return numberProblem(field, value);
    case 'boolean':
      return typeof value === 'boolean' ? undefined : 'must be yes or no';
    case 'json':
      return typeof value === 'string' && value.trim() !== '' ? 'must be JSON' : undefined;
  }
}

function listProblem({ bounds: { minItems = 0, maxItems = Infinity } }: Field, count: number): string | undefined {
  if (count < minItems) return minItems === 1 ? 'must have an entry' : `must have ${minItems} entries or more`;
  return count > maxItems ? `must have ${maxItems} entries at most` : undefined;
}

function textProblem({ bounds }: Field, text: string): string | undefined {
  const { minLength = 0, maxLength = Infinity, patterns } = bounds;
  if (text.length < minLength) return `must have ${minLength} characters or more`;
  if (text.length > maxLength) return `must have ${maxLength} characters at most`;
  const missed = patterns.find((pattern) => !matches(pattern, text));
  if (missed === undefined) return undefined;
  if (isBucketArn(missed)) return 'must be a bucket: its name, s3://name or its ARN';
  const stranger = strangerIn(text, missed);
  return stranger === undefined ? `must match ${missed}` : `must not have ${stranger}`;
}

/** The first character that is not in the class of characters that a pattern consists of. */
function strangerIn(text: string, pattern: string): string | undefined {
  if (!/^\^\[(?:[^\]\\]|\\.)*\][*+]\$$/.test(pattern)) return undefined;
  // Patterns are compared by code points.
  return Array.from(text).find((character) => !matches(pattern, character));
}

function numberProblem({ kind, bounds }: Field, value: Json): string | undefined {
  const { min = -Infinity, above = -Infinity, max = Infinity } = bounds;
  if (typeof value !== 'number') return 'must be a number';
  if (kind === 'integer' && !Number.isInteger(value)) return 'must be a whole number';
  if (value < min) return `must be ${min} or more`;
  if (value <= above) return `must be more than ${above}`;
  return value > max ? `must be ${max} at most` : undefined;
}

function isBucketArn(pattern: string): boolean {
  return pattern.startsWith('^arn:[^:]+:s3:');
}

/** A bucket as people write it, where the API wants its ARN. Other texts stay as they are. */
export function withBucketArn({ bounds }: Field, text: string): string {
  return bounds.patterns.some(isBucketArn) ? bucketArnOf(text) : text;
}

/** What the API found wrong, place by place: `TagSet.0.Key: is required; …`. Empty where the message names no place. */
export function problemsIn(message: string): readonly Problem[] {
  return message.split('; ').flatMap((part) => {
    const [, path, text] = /^([A-Z][^\s:]*): (.+)$/s.exec(part) ?? [];
    return path === undefined || text === undefined ? [] : [{ path, message: text }];
  });
}
