// Which bucket lives where and who may use it: the rules one by one, and patterns against a matcher that tries everything.
import fc from 'fast-check';
import {
  functionAllowed,
  matchesBucket,
  roleMay,
  storeOf,
  urlAllowed,
  webhookOf,
} from '../../../config/access/buckets';
import type { StoreConfig } from '../../../config/config';

const CREDENTIALS = { kind: 'environment' } as const;

function store(name: string, ...buckets: string[]): StoreConfig {
  return { name, endpoint: 'http://localhost:1', region: 'r', pathStyle: true, credentials: CREDENTIALS, buckets };
}

describe('matchesBucket', () => {
  test.each([
    ['logs', 'logs', true],
    ['logs', 'logs2', false],
    ['logs', 'Logs', false],
    ['*', 'anything', true],
    ['logs-*', 'logs-', true],
    ['logs-*', 'logs', false],
    ['*-logs', 'a-logs', true],
    ['a*b*c', 'abc', true],
    ['a*b*c', 'a-b-b-c', true],
    ['a*b*c', 'acb', false],
    // The two ends must not share characters.
    ['ab*ba', 'aba', false],
    ['a.b', 'axb', false],
    ['[ab]', 'a', false],
    ['', 'a', false],
  ])('%j and %j: %j', (pattern, bucket, expected) => {
    expect(matchesBucket([pattern], bucket)).toBe(expected);
  });

  test('needs one of the patterns, and none of none', () => {
    expect(matchesBucket(['a', 'b*'], 'bc')).toBe(true);
    expect(matchesBucket([], 'a')).toBe(false);
  });

  test('says what trying every split says', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 9 });
    fc.assert(
      fc.property(text, text, (pattern, bucket) => {
        expect(matchesBucket([pattern], bucket)).toBe(exhaustive(pattern, bucket));
      }),
      { numRuns: 3_000 },
    );
  });

  test('comes to an end for a pattern that makes others try every split', () => {
    expect(matchesBucket([`${'a*'.repeat(120)}b`], 'a'.repeat(255))).toBe(false);
  });
});

function exhaustive(pattern: string, text: string): boolean {
  if (pattern === '') return text === '';
  if (pattern.startsWith('*')) {
    return Array.from({ length: text.length + 1 }, (_, i) => text.slice(i)).some((rest) =>
      exhaustive(pattern.slice(1), rest),
    );
  }
  return pattern[0] === text[0] && exhaustive(pattern.slice(1), text.slice(1));
}

describe('storeOf', () => {
  const stores = [
    store('rest'),
    store('short', 'logs-*'),
    store('long', 'logs-2026-*', 'other'),
    store('exact', 'logs-2026-01'),
  ];

  test.each([
    ['logs-2026-01', 'exact'],
    ['logs-2026-02', 'long'],
    ['logs-2025-02', 'short'],
    ['other', 'long'],
    ['elsewhere', 'rest'],
  ])('finds %s in %s, in any order of the stores', (bucket, expected) => {
    expect(storeOf(stores, bucket)?.name).toBe(expected);
    expect(storeOf([...stores].reverse(), bucket)?.name).toBe(expected);
  });

  test('knows when there is none', () => {
    expect(storeOf(stores.slice(1), 'elsewhere')).toBeUndefined();
    expect(storeOf([], 'elsewhere')).toBeUndefined();
  });

  test('lets a pattern of one character win over a store that names none', () => {
    expect(storeOf([store('rest'), store('star', '*')], 'x')?.name).toBe('star');
  });
});

test('lets a role read what it may write, and no more write than that', () => {
  const role = { read: ['in-*'], write: ['out'] };
  expect(roleMay(role, 'in-1', 'read')).toBe(true);
  expect(roleMay(role, 'in-1', 'write')).toBe(false);
  expect(roleMay(role, 'out', 'read')).toBe(true);
  expect(roleMay(role, 'out', 'write')).toBe(true);
  expect(roleMay(role, 'else', 'read')).toBe(false);
});

describe('functionAllowed', () => {
  const ARN = 'arn:aws:lambda:eu-west-1:123456789012:function:resize';
  const OTHERS = ARN.replace('123456789012', '210987654321');
  const role = 'arn:aws:iam::123456789012:role/r';

  test.each([
    ['*', ARN, true],
    ['resize', ARN, true],
    ['resize', `${ARN}:7`, true],
    ['res*', ARN, true],
    ['size', ARN, false],
    ['resize', 'resize', true],
    ['resize', 'resize:live', true],
    ['resize', '123456789012:function:resize:7', true],
    ['live', 'resize:live', false],
    ['name', 'arn:aws:lambda:name', false],
    [ARN, ARN, true],
    [ARN, `${ARN}:7`, false],
    [`${ARN}:*`, `${ARN}:7`, true],
    ['arn:aws:lambda:*:123456789012:function:*', ARN, true],
    ['arn:aws:lambda:*:210987654321:function:*', ARN, false],
    // Only the name counts for a name: an account or region that looks like it does not.
    ['*resize', ARN.replace(':resize', ':other:resize'), false],
    // A name is one of the role's own account, however the other account is written.
    ['resize', OTHERS, false],
    ['res*', OTHERS, false],
    ['res*', `${OTHERS}:7`, false],
    ['res*', '210987654321:function:resize', false],
    ['res*', 'eu-west-1:210987654321:function:resize', false],
    ['res*', 'arn:aws:lambda:210987654321:function:resize', false],
    ['res*', 'arn:aws:lambda:eu-west-1::function:resize', false],
    ['eu-*', 'eu-west-1:210987654321:function:resize', false],
    ['2109*', '210987654321:function:resize', false],
    ['arn*', OTHERS, false],
    ['*r*', OTHERS, false],
    [OTHERS, OTHERS, true],
    ['*', OTHERS, true],
  ])('%s and %s: %j', (pattern, arn, expected) => {
    expect(functionAllowed({ arn: role, functions: [pattern] }, arn)).toBe(expected);
  });

  test('allows nothing to a role without functions', () => {
    expect(functionAllowed({ arn: role, functions: [] }, ARN)).toBe(false);
  });
});

describe('webhooks', () => {
  const webhooks = [
    { url: 'https://h.example/', secret: 'all' },
    { url: 'https://h.example/team/x', secret: 'deep' },
    { url: 'https://h.example/team', secret: 'team' },
    { url: 'http://127.0.0.1:9000' },
  ];

  test.each([
    ['https://h.example', 'all'],
    ['https://h.example/teams?x=/team', 'all'],
    ['https://H.example:443/team', 'team'],
    ['https://h.example/team/xy', 'team'],
    ['https://h.example/team/x/y', 'deep'],
    ['http://127.0.0.1:9000/any', undefined],
  ])('%s: the longest beginning counts', (url, secret) => {
    expect(urlAllowed({ webhooks }, url)).toBe(true);
    expect(webhookOf({ webhooks }, url)?.secret).toBe(secret);
  });

  test.each([
    'http://h.example/',
    'https://h.example.evil.example/',
    'https://h.example/team/../x',
    'http://127.0.0.1/',
  ])('%s is not allowed', (url) => {
    expect(urlAllowed({ webhooks }, url)).toBe(false);
    expect(webhookOf({ webhooks }, url)).toBeUndefined();
  });

  test('a role without webhooks may call none', () => {
    expect(urlAllowed({ webhooks: [] }, 'https://h.example/')).toBe(false);
  });
});
