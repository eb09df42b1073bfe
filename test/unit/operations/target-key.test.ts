/**
 * Goal: every object gets the key that the parameters say, the same in each run, or a row that says why it gets none.
 * Method: the cases by a table; what holds for all keys by generated keys.
 */
import fc from 'fast-check';
import { z } from 'zod';
import { defined } from '../../../contracts/defined';
import type { Task } from '../../../contracts/engine/outcome';
import { climbs } from '../../../contracts/object-key';
import {
  keepsKeysApart,
  KEY_BYTES_MAX,
  targetKeyConflict,
  targetKeyMembers,
  targetKeyOf,
  type TargetKeyParameters,
} from '../../../operations/common/target-key';
import { StoreError } from '../../../storage/store-error';

const CREATED = new Date('2026-03-04T05:06:07.890Z');
const schema = z.strictObject(targetKeyMembers);

function task(key: string, versionId?: string): Task {
  return { bucket: 'source', key, manifestKey: key, row: 0, ...defined({ versionId }) };
}

function keyOf(given: TargetKeyParameters, key: string, versionId?: string): string {
  return targetKeyOf(schema.parse(given), CREATED)(task(key, versionId));
}

function refusalOf(given: TargetKeyParameters, key: string): StoreError {
  try {
    keyOf(given, key);
  } catch (error) {
    if (error instanceof StoreError) return error;
    throw error;
  }
  throw new Error('not refused');
}

/** Keys with many slashes, dots and braces. */
const keys = fc
  .oneof(fc.string({ unit: fc.constantFrom('/', '.', 'a', 'b', '{', '}', 'ü', '😀') }), fc.string({ unit: 'binary' }))
  .filter((key) => key !== '' && Buffer.from(key).toString() === key && Buffer.byteLength(key) <= KEY_BYTES_MAX);

describe('TargetKey', () => {
  test.each([
    ['{key}', 'a/b.txt', 'a/b.txt'],
    ['{bucket}/{key}', 'a/b.txt', 'source/a/b.txt'],
    ['{basename}', 'a/b/c.tar.gz', 'c.tar.gz'],
    ['x/{basename}', 'a/b/', 'x/'],
    ['{dirname}', 'a/b/c', 'a/b'],
    ['{dirname}', 'a/b/', 'a/b'],
    ['x{dirname}', 'c', 'x'],
    ['{dirname}/new-{basename}', 'c', 'new-c'],
    ['{dirname}/new-{basename}', '/c', '/new-c'],
    ['{dirname}/new-{basename}', 'a//c', 'a//new-c'],
    ['{dirname}-{basename}', 'c', '-c'],
    ['{stem}', 'a/b/c.tar.gz', 'c.tar'],
    ['{ext}/{stem}', 'a/c.gz', 'gz/c'],
    ['{stem}.{ext}', 'c', 'c'],
    ['{stem}-small.{ext}', 'c.png', 'c-small.png'],
    ['{stem}-small.{ext}', 'c', 'c-small'],
    ['{stem}{ext}', 'c.', 'c.'],
    ['{stem}', '.profile', '.profile'],
    ['{stem}', 'a.b/c', 'c'],
    ['{stem}|{ext}', '..', '..|'],
    ['{stem}|{ext}', '..x', '.|x'],
    ['{yyyy}/{mm}/{dd}T{HH}:{MM}:{SS}/{key}', 'a', '2026/03/04T05:06:07/a'],
    ['{{key}}{key}{{', 'a', '{key}a{'],
    ['{{{key}}}', 'a', '{a}'],
    ['constant', 'a', 'constant'],
  ])('%s of %j is %j', (TargetKey, key, expected) => {
    expect(keyOf({ TargetKey }, key)).toBe(expected);
  });

  test("the version is the row's; without one all versions would get one key", () => {
    expect(keyOf({ TargetKey: '{key}.{versionId}' }, 'a', 'v7')).toBe('a.v7');
    expect(refusalOf({ TargetKey: '{key}.{versionId}' }, 'a')).toMatchObject({
      code: 'InvalidRequest',
      httpStatus: 400,
      message: 'The row names no version, which {versionId} in TargetKey needs',
    });
  });

  test.each([
    ['{kye}', '{kye} is no placeholder: there are {bucket} {key}'],
    ['{toString}', '{toString} is no placeholder'],
    ['{}', '{} is no placeholder'],
    ['{Key}', '{Key} is no placeholder'],
    ['a{', 'a single { has no meaning: {{ is a brace'],
    ['a}b', 'a single } has no meaning: }} is a brace'],
    ['{key', 'a single { has no meaning'],
    ['{{key}', 'a single } has no meaning'],
    ['{a{key}}', 'a single { has no meaning'],
    ['../{key}', 'must not climb above the target bucket'],
    ['a/../../{key}', 'must not climb above the target bucket'],
    ['a/../..', 'must not climb above the target bucket'],
  ])('%s is refused', (TargetKey, message) => {
    expect(schema.safeParse({ TargetKey }).error?.issues[0]?.message).toContain(message);
  });

  test.each([
    { TargetKeyPrefix: '..' },
    { TargetKeyPrefix: 'a/../../b' },
    { ReplacePrefix: { From: 'a', To: '../' } },
    { ReplacePrefix: { From: 'a', To: 'x/../../b' } },
  ])('%j climbs', (given) => {
    expect(schema.safeParse(given).error?.issues[0]?.message).toContain('must not climb above the target bucket');
  });

  test.each([
    { TargetKeyPrefix: 'a/..' },
    { TargetKey: '..{key}' },
    { TargetKey: '{dirname}/../{basename}' },
    { ReplacePrefix: { From: 'a', To: '..' } },
  ])('%j may stay', (given) => {
    expect(schema.safeParse(given).success).toBe(true);
  });

  test('a template that is nothing but braces in pairs means these braces', () => {
    expect(keyOf({ TargetKey: '{{{{' }, 'a')).toBe('{{');
  });

  test('parts of a key make the key again', () => {
    fc.assert(
      fc.property(keys, (key) => {
        expect(keyOf({ TargetKey: '{key}' }, key)).toBe(key);
        expect(keyOf({ TargetKey: '{dirname}/{basename}' }, key)).toBe(key);
        expect(keyOf({ TargetKey: '{dirname}/{stem}.{ext}' }, key)).toBe(key);
        // What binds goes nowhere else: nothing of the text around is lost.
        expect(keyOf({ TargetKey: '<{dirname}>.<{stem}>/<{ext}>' }, key.slice(0, 300) || 'a')).toMatch(
          /^<.*>\.<.*>\/<.*>$/s,
        );
      }),
    );
  });

  test('any text, its braces doubled, means itself', () => {
    fc.assert(
      fc.property(keys, (text) => {
        const TargetKey = text.replace(/[{}]/g, '$&$&');
        fc.pre(TargetKey.length <= KEY_BYTES_MAX && !climbs(text));
        expect(keyOf({ TargetKey }, 'a')).toBe(text);
      }),
    );
  });
});

describe('TargetKeyPrefix', () => {
  test('is a folder', () => {
    expect(keyOf({ TargetKeyPrefix: 'y2026' }, 'a')).toBe('y2026/a');
    expect(keyOf({ TargetKeyPrefix: 'y2026/' }, 'a')).toBe('y2026/a');
    expect(keyOf({ TargetKeyPrefix: '/' }, 'a')).toBe('/a');
    expect(keyOf({ TargetKeyPrefix: '{key}' }, 'a')).toBe('{key}/a');
    expect(keyOf({}, 'a')).toBe('a');
  });
});

describe('ReplacePrefix', () => {
  test('replaces the begin of a key, once, whatever is in it', () => {
    expect(keyOf({ ReplacePrefix: { From: 'a/', To: 'b/' } }, 'a/a/c')).toBe('b/a/c');
    expect(keyOf({ ReplacePrefix: { From: '.*', To: '$&' } }, '.*x')).toBe('$&x');
    expect(keyOf({ ReplacePrefix: { From: 'a/', To: '' } }, 'a/c')).toBe('c');
  });

  test('fails a key that does not begin so', () => {
    expect(refusalOf({ ReplacePrefix: { From: 'a/', To: 'b/' } }, 'x/a/c')).toMatchObject({
      code: 'InvalidRequest',
      httpStatus: 400,
      message: 'The key does not begin with a/, which ReplacePrefix replaces',
    });
  });

  test('one way and back is the same key', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1, maxLength: 20 }),
        fc.string({ minLength: 1, maxLength: 20 }),
        keys,
        (a, b, key) => {
          fc.pre(Buffer.byteLength(a + b + key) <= KEY_BYTES_MAX);
          const there = keyOf({ ReplacePrefix: { From: a, To: b } }, a + key);
          expect(keyOf({ ReplacePrefix: { From: b, To: a } }, there)).toBe(a + key);
        },
      ),
    );
  });
});

test('a key of 1,024 bytes is taken, a longer one or none is not', () => {
  expect(keyOf({ TargetKeyPrefix: 'x' }, 'é'.repeat(511))).toHaveLength(513);
  expect(refusalOf({ TargetKeyPrefix: 'xy' }, 'é'.repeat(511))).toMatchObject({
    code: 'KeyTooLongError',
    httpStatus: 400,
    message: 'The target key would have 1025 bytes, more than 1024',
  });
  const empty = { code: 'InvalidArgument', httpStatus: 400, message: 'The target key would be empty' };
  expect(refusalOf({ TargetKey: '{basename}' }, 'a/')).toMatchObject(empty);
  expect(refusalOf({ ReplacePrefix: { From: 'a', To: '' } }, 'a')).toMatchObject(empty);
});

test('one of the three at the most', () => {
  expect(targetKeyConflict({})).toBeUndefined();
  expect(targetKeyConflict({ TargetKey: 'a' })).toBeUndefined();
  expect(targetKeyConflict({ TargetKeyPrefix: 'a', TargetKey: 'a' })).toEqual([
    'TargetKey',
    'cannot be given together with TargetKeyPrefix',
  ]);
  expect(targetKeyConflict({ TargetKey: 'a', ReplacePrefix: { From: 'a', To: 'b' } })).toEqual([
    'ReplacePrefix',
    'cannot be given together with TargetKey',
  ]);
});

describe('whether each key gets a target of its own', () => {
  test.each<[given: TargetKeyParameters, apart: boolean]>([
    [{}, true],
    [{ TargetKeyPrefix: 'a' }, true],
    [{ ReplacePrefix: { From: 'a', To: '' } }, true],
    [{ TargetKey: 'x/{key}.bak' }, true],
    [{ TargetKey: 'x/{dirname}/{basename}' }, true],
    [{ TargetKey: '{dirname}/{yyyy}/{stem}-old.{ext}' }, true],
    [{ TargetKey: '{basename}' }, false],
    [{ TargetKey: '{dirname}{basename}' }, false],
    [{ TargetKey: '{basename}{dirname}/' }, false],
    [{ TargetKey: '{dirname}/{stem}' }, false],
    [{ TargetKey: '{dirname}/{stem}{ext}' }, false],
    [{ TargetKey: '{dirname}/{ext}' }, false],
    [{ TargetKey: '{{key}}' }, false],
    [{ TargetKey: 'constant' }, false],
  ])('%j: %s', (given, apart) => {
    expect(keepsKeysApart(given)).toBe(apart);
  });

  test('two keys never share a target where it says so', () => {
    const templates = ['x/{key}', '{dirname}/{basename}', 'x/{dirname}/{yyyy}-{basename}', '{dirname}/{stem}.{ext}'];
    fc.assert(
      fc.property(fc.constantFrom(...templates), keys, keys, (TargetKey, a, b) => {
        fc.pre(a !== b && Math.max(Buffer.byteLength(a), Buffer.byteLength(b)) < 900);
        expect(keepsKeysApart({ TargetKey })).toBe(true);
        expect(keyOf({ TargetKey }, a)).not.toBe(keyOf({ TargetKey }, b));
      }),
    );
  });
});
