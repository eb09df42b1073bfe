/**
 * Goal: an S3 Select expression passes the rows that it describes, is refused by the name of what is wrong with it, and gets at
 * nothing but the rows. Method: expressions of all kinds over a few rows; hostile ones of every kind that DuckDB knows; what
 * the process may do is tried from within it, with its own SQL.
 */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { checkSelect, openSelect } from '../../../manifests/select';
import { DuckDBClient } from '../../../manifests/select/client';
import { frame } from '../../../manifests/select/frames';
import { DUCKDB_VERSION, installedDuckDB } from '../../../manifests/select/installed';
import { startSandbox } from '../../../manifests/select/sandbox';
import type { SourceRow } from '../../../manifests/sources/row';
import packageJson from '../../../package.json';
import { eventually } from '../../support/eventually';

const NOW_MS = Date.parse('2026-06-01T00:00:00Z');
const SIGNAL = new AbortController().signal;
const MiB = 1024 ** 2;

const ROWS: readonly SourceRow[] = [
  {
    bucket: 'b',
    key: 'logs/2026/a.gz',
    versionId: 'v1',
    size: 2 * MiB,
    lastModifiedMs: Date.parse('2026-01-02T03:04:05Z'),
    storageClass: 'STANDARD',
    etag: 'e1',
    isLatest: true,
    isDeleteMarker: false,
    encryption: 'SSE-S3',
    replicationStatus: 'COMPLETED',
  },
  { bucket: 'b', key: "ö'\u0000\u0001\u0002\n😀", size: 0, storageClass: 'GLACIER', lastModifiedMs: -86_400_000 },
  { bucket: 'c', key: 'Data/x.csv', size: 1 * MiB, isLatest: false, isDeleteMarker: true },
  { bucket: 'c', key: '\u0002' },
];

async function passing(expression: string, rows = ROWS): Promise<number[]> {
  const selection = await openSelect(expression, { nowMs: NOW_MS });
  try {
    const passes = await selection.pass(rows, SIGNAL);
    return [...passes.keys()].filter((row) => passes[row] === 1);
  } finally {
    await selection.close();
  }
}

async function refusal(expression: string): Promise<string> {
  const error: unknown = await checkSelect(expression).catch((refused: unknown) => refused);
  expect(error).toMatchObject({ code: 'BadRequestException', message: expect.stringMatching(/^Filter\.Select: /) });
  return (error as Error).message;
}

test.each<[expression: string, rows: number[]]>([
  ["SELECT * FROM S3Object s WHERE s.size > 1048576 AND s.storage_class = 'STANDARD'", [0]],
  ['select s.key, s."Size" from s3object as s where s.size <= 1048576', [1, 2]],
  ['SELECT * FROM S3Object WHERE S3Object.size = 0', [1]],
  ['WHERE size > 1', [0, 2]],
  ['size > 1', [0, 2]],
  ['s.size > 1', [0, 2]],
  ['SIZE > 1 -- a comment', [0, 2]],
  ['size = 1.5 OR size < 1e6', [1]],
  ['CAST(size AS DECIMAL(20,2)) / 2 >= 524288.00', [0, 2]],
  ['size IS NULL', [3]],
  ['size IS NOT NULL AND NOT size BETWEEN 1 AND 1048576', [0, 1]],
  ['coalesce(size, 7) IN (0, 7)', [1, 3]],
  ['size NOT IN (0, 1)', [0, 2]],
  ["Key LIKE 'logs/%.gz'", [0]],
  ["key NOT LIKE '%/%'", [1, 3]],
  ["key ILIKE 'data/_.CSV'", [2]],
  ["key LIKE 'logs!/%' ESCAPE '!'", [0]],
  ["key ~ '.*\\.(gz|csv)'", [0, 2]],
  ["regexp_matches(key, '\\d{4}')", [0]],
  ["key = 'ö''' || chr_is_not_needed OR true".replace('chr_is_not_needed OR true', "'x'"), []],
  ["starts_with(key, 'ö''') AND length(key) = 7", [1]],
  ["lower(substring(key from 1 for 4)) = 'data'", [2]],
  ["position('/' in key) = 5 AND trim(both 'x' from 'xax') = 'a'", [0, 2]],
  ["last_modified >= TIMESTAMP '2026-01-02T03:04:05Z'", [0]],
  ["LastModifiedDate < '1970-01-01'", [1]],
  ["last_modified = '2026-01-02T03:04:05Z'", [0]],
  ["key <> '2026-01-01T01:00:00+01:00' AND last_modified < '2026-01-01'", [1]],
  ['extract(year from last_modified) = 2026', [0]],
  ["last_modified < now() - INTERVAL 149 DAY AND last_modified > utcnow() - INTERVAL '150 days'", [0]],
  ["date_diff('day', last_modified, current_timestamp) = 150", [0]],
  ['is_latest', [0]],
  ['IsLatest = false AND IsDeleteMarker', [2]],
  ["VersionId = 'v1' AND ETag = 'e1' AND EncryptionStatus = 'SSE-S3' AND ReplicationStatus = 'COMPLETED'", [0]],
  ["CASE WHEN bucket = 'b' THEN size > 1 ELSE key LIKE 'D%' END", [0, 2]],
  ['nullif(size, 0) IS NULL', [1, 3]],
  ['-size < -1048576', [0]],
  ['1 = 1', [0, 1, 2, 3]],
  ['NULL = 1', []],
  ["storage_class IS DISTINCT FROM 'GLACIER'", [0, 2, 3]],
  ['TRY_CAST(key AS INTEGER) IS NULL', [0, 1, 2, 3]],
])('%s', async (expression, rows) => {
  expect(await passing(expression)).toEqual(rows);
});

test('pages of any length are decided in their order, also several at a time', async () => {
  const rows = Array.from({ length: 20_001 }, (_, i): SourceRow => ({ bucket: 'b', key: `k${i}`, size: i }));
  const selection = await openSelect("size % 3 = 0 AND key LIKE 'k%'", { nowMs: NOW_MS });
  const parts = await Promise.all(
    [rows, rows.slice(1), [], rows.slice(0, 1)].map((page) => selection.pass(page, SIGNAL)),
  );
  expect(parts.map((part) => part.length)).toEqual([20_001, 20_000, 0, 1]);
  expect(parts[0]!.every((passes, i) => passes === Number(i % 3 === 0))).toBe(true);
  expect(parts[1]!.every((passes, i) => passes === Number((i + 1) % 3 === 0))).toBe(true);
  await selection.close();
});

test('it needs the columns that it names, and no others', async () => {
  const selection = await openSelect('SELECT * FROM S3Object s WHERE s.size > 1 OR s.StorageClass IS NULL', {
    nowMs: NOW_MS,
  });
  expect(selection.needs).toEqual(['size', 'storageClass']);
  await selection.close();
});

test.each<[expression: string, message: string]>([
  ['', 'is empty'],
  [' \n', 'is empty'],
  ['x'.repeat(4_097), 'longer than 4096'],
  ['colour = 1', 'there is no column "colour"; the columns are bucket, key'],
  ["last_modified < TIMESTAMP '2026-01-01T01:00:00+01:00'", 'must be in UTC'],
  ["last_modified < '2026-01-01T01:00:00+01:00'", "the time '2026-01-01T01:00:00+01:00' must be in UTC"],
  [
    "key = 'a' AND NOT (size > 1 OR last_modified BETWEEN '2026-01-01' AND '2026-02-01 00:00:00-0530')",
    'must be in UTC',
  ],
  ["last_modified IN ('2026-01-01 00:00:00+01:00:30')", 'must be in UTC'],
  ["date_diff('hour', now(), '2026-01-01T01:00:00.5 +01') < 3", 'must be in UTC'],
  ["coalesce(last_modified, '2026-01-01T01:00:00+01:00') > TIMESTAMP '2026-01-01'", 'must be in UTC'],
  ['t.size = 1', 'there is no column "t.size"'],
  ['s3object.size.a = 1', 'there is no column "s3object.size.a"'],
  ['rowid = 1', 'there is no column "rowid"'],
  ['size', 'is not a condition'],
  ["'x'", 'is not a condition'],
  ['NULL', 'is not a condition'],
  ["size = 'big'", "Could not convert string 'big' to INT64"],
  ['size >', 'is no expression: syntax error'],
  ['12345678901234567890 > size', 'more than 15 digits'],
  ['SELECT * FROM S3Object', 'has no WHERE'],
  ['SELECT count(*) FROM S3Object WHERE true', 'must select * or columns'],
  ['SELECT sum(size) FROM S3Object WHERE true', 'must select * or columns'],
  ['SELECT colour FROM S3Object WHERE true', 'must select * or columns'],
  ['SELECT * FROM S3Object WHERE true LIMIT 5', 'ORDER BY, LIMIT or DISTINCT'],
  ['SELECT DISTINCT key FROM S3Object WHERE true', 'ORDER BY, LIMIT or DISTINCT'],
  ['SELECT key FROM S3Object WHERE true GROUP BY key', 'GROUP BY'],
  ['SELECT * FROM other WHERE true', 'must select FROM S3Object'],
  ['SELECT * FROM S3Object, S3Object t WHERE true', 'must select FROM S3Object'],
])('%s is refused: %s', async (expression, message) => {
  expect(await refusal(expression)).toContain(message);
});

/** Ways out of an expression: to files, the environment, other statements; and without end. */
test.each<[expression: string, message: string]>([
  ["SELECT * FROM read_csv('/etc/passwd') WHERE true", 'must select FROM S3Object'],
  ["SELECT * FROM '/etc/passwd' WHERE true", 'must select FROM S3Object'],
  ['SELECT * FROM duckdb_settings() WHERE true', 'must select FROM S3Object'],
  ['SELECT * FROM information_schema.tables WHERE true', 'must select FROM S3Object'],
  ['SELECT * FROM main.S3Object WHERE true', 'must select FROM S3Object'],
  ['SELECT * FROM range(1000000000000) S3Object WHERE true', 'must select FROM S3Object'],
  ['WITH S3Object AS (SELECT 1) SELECT * FROM S3Object WHERE true', 'a subquery'],
  ["SELECT * FROM S3Object WHERE true UNION ALL SELECT * FROM read_text('/etc/passwd')", 'must be one SELECT'],
  ['SELECT * FROM S3Object TABLESAMPLE 10% WHERE true', 'must select FROM S3Object'],
  ['SELECT * FROM S3Object WHERE true QUALIFY row_number() OVER () = 1', 'QUALIFY'],
  ["key = (SELECT content FROM read_text('/etc/passwd'))", 'a subquery'],
  ['EXISTS (SELECT 1)', 'a subquery'],
  ['key IN (SELECT 1)', 'a subquery'],
  ['size = ANY (SELECT 1)', 'a subquery'],
  ["getenv('HOME') = 'x'", 'the function "getenv" is not allowed'],
  ["read_text('/etc/passwd') = 'x'", 'the function "read_text" is not allowed'],
  ["current_setting('memory_limit') = 'x'", 'the function "current_setting" is not allowed'],
  ["query('SELECT 1') = 1", 'the function "query" is not allowed'],
  ["length(repeat('x', 1000000000)) > 1", 'the function "repeat" is not allowed'],
  ["replace(key, '', 'xxxx') = 'x'", 'the function "replace" is not allowed'],
  ["lpad(key, 1000000000, 'x') = 'x'", 'the function "lpad" is not allowed'],
  ['len(range(1000000000000)) > 1', 'the function "range" is not allowed'],
  ['len([x for x in [1, 2]]) > 1', 'is not allowed'],
  ['list_transform(key, lambda x: x) = key', 'a lambda'],
  ['list_filter(key, x -> true) = key', 'a lambda'],
  ['[1] = [1]', 'the function "list_value" is not allowed'],
  ["{'a': 1} = {'a': 1}", 'the function "struct_pack" is not allowed'],
  ['key[1:2] = 1', 'must not have'],
  ['sum(size) > 1', 'the function "sum" is not allowed'],
  ['count(*) > 1', 'the function "count_star" is not allowed'],
  ['sum(size) OVER () > 1', 'a window function'],
  ['lower(DISTINCT key) = key', 'with its arguments alone'],
  ["lower(key) FILTER (WHERE true) = 'x'", 'with its arguments alone'],
  ["evil.lower(key) = 'x'", 'with its arguments alone'],
  ['size = $1', 'a parameter'],
  ['size = ?', 'a parameter'],
  ['* = 1', 'must not have *'],
  ["COLUMNS('.*') = 1", 'must not have *'],
  ['#1 = 1', 'a column by its number'],
  ["key COLLATE nocase = 'x'", 'COLLATE'],
  ["key GLOB '*'", 'the function "~~~" is not allowed'],
  ["size::ENUM('a') = 'a'", 'a cast must be to one of'],
  ['size::evil = 1', 'a cast must be to one of'],
  ["key::JSON = '{}'", 'a cast must be to one of'],
  ['random() > 0.5', 'the function "random" is not allowed'],
  ['sleep_ms(100000) IS NULL', 'the function "sleep_ms" is not allowed'],
  ["ATTACH '/tmp/x.db'", 'a cast must be to one of'],
  ["COPY (SELECT 1) TO '/tmp/x'", 'is no expression'],
  ['PRAGMA version', 'is no expression'],
  ['true); DROP TABLE x; SELECT (true', 'must be one SELECT'],
  ['true); SELECT * FROM S3Object WHERE (true', 'must be one SELECT'],
  ["true) UNION SELECT * FROM read_text('x') WHERE (true", 'must be one SELECT'],
  ['true) /* LIMIT */ LIMIT (1', 'ORDER BY, LIMIT or DISTINCT'],
  ['true /*', 'is no expression'],
  ["SELECT * FROM S3Object WHERE true; COPY (SELECT 1) TO '/tmp/x'", 'must be one SELECT'],
  ["regexp_matches(key, '((a{1000}){1000}){1000}')", 'invalid repetition size'],
  ["regexp_matches(key, '(a)\\1')", 'invalid escape sequence'],
])('%s is refused: %s', async (expression, message) => {
  expect(await refusal(expression)).toContain(message);
});

test('nesting is bounded, and brackets are none', async () => {
  expect(await refusal(`${'NOT '.repeat(900)}true`)).toContain('nested more than 200 deep');
  expect(await refusal(`${'NOT '.repeat(1_010)}true`)).toContain('expression depth limit');
  expect(await refusal(`${'abs('.repeat(700)}size${')'.repeat(700)} > 1`)).toContain('nested more than 200 deep');
  expect(await passing(`${'('.repeat(2_000)}true${')'.repeat(2_000)}`)).toEqual([0, 1, 2, 3]);
});

test('text is text, whatever it says', async () => {
  expect(await passing("key = '''); DROP TABLE x; --' OR key = 'logs/2026/a.gz'")).toEqual([0]);
  expect(await passing("key = 'a\\' OR key LIKE '%gz'")).toEqual([0]);
});

test('a value that can not be cast ends the selection with its words', async () => {
  await expect(passing('CAST(key AS INTEGER) = 1')).rejects.toMatchObject({
    code: 'BadRequestException',
    message: expect.stringContaining('Filter.Select: Conversion Error: Could not convert string'),
  });
});

test('an expression that takes too long is stopped', async () => {
  const hostile = Array.from({ length: 60 }, () => '%_a').join('');
  const selection = await openSelect(`key LIKE '${hostile}b'`, { nowMs: NOW_MS, timeoutMs: 3_000 });
  const rows = Array.from({ length: 8_192 }, (): SourceRow => ({ bucket: 'b', key: 'a'.repeat(1_024) }));
  await expect(selection.pass(rows, SIGNAL)).rejects.toMatchObject({
    code: 'BadRequestException',
    message: expect.stringContaining('takes too long'),
  });
  await expect(selection.pass(rows, SIGNAL)).rejects.toThrow('takes too long');
});

test('an abort is not held up by a page that takes long', async () => {
  const selection = await openSelect(`key LIKE '${'%_a'.repeat(60)}b'`, { nowMs: NOW_MS });
  const rows = Array.from({ length: 8_192 }, (): SourceRow => ({ bucket: 'b', key: 'a'.repeat(1_024) }));
  const controller = new AbortController();
  setTimeout(() => controller.abort(new Error('enough')), 50);
  await expect(selection.pass(rows, controller.signal)).rejects.toThrow('enough');
  await selection.close();
});

test('a selection that was aborted or closed decides nothing', async () => {
  const selection = await openSelect('size > 1', { nowMs: NOW_MS });
  await expect(selection.pass(ROWS, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
  await selection.close();
  await expect(selection.pass(ROWS, SIGNAL)).rejects.toThrow('was closed');
});

test('without DuckDB it is said how to install it', () => {
  expect(() => installedDuckDB('/nowhere/module.js')).toThrow(
    /^Filter\.Select: needs DuckDB, an optional dependency .* npm install @duckdb\/node-api@\d+\.\d+\.\d+-r\.\d+ where/,
  );
  expect(packageJson.optionalDependencies).toEqual({ '@duckdb/node-api': DUCKDB_VERSION });
});

test('the process has no environment, writes no files, and has bounds', async () => {
  const sandbox = startSandbox();
  try {
    // The shell has become Node once there is an answer.
    sandbox.stdin.write(Buffer.concat(frame('P', [Buffer.from('SELECT 1')])));
    await once(sandbox.stdout, 'data');
    const about = (name: string): string => readFileSync(`/proc/${sandbox.pid}/${name}`, 'utf8');
    const limits = about('limits');
    expect(limits).toMatch(/^Max file size +0 +0 /m);
    expect(limits).toMatch(/^Max core file size +0 +0 /m);
    expect(limits).toMatch(/^Max data size +1073741824 +1073741824 /m);
    expect(
      about('environ')
        .split('\0')
        .filter((entry) => !/^(PWD|OLDPWD|SHLVL|_)=/.test(entry)),
    ).toEqual(['']);
    expect(about('cmdline')).toContain('permission\0--allow-addons');
  } finally {
    sandbox.kill('SIGKILL');
  }
});

test('checks share a process, and say the same', async () => {
  await checkSelect('size > 1');
  const startMs = performance.now();
  await Promise.all([checkSelect("key LIKE 'a%'"), expect(checkSelect('colour = 1')).rejects.toThrow('no column')]);
  expect(performance.now() - startMs).toBeLessThan(1_000);
});

test.each<[signal: NodeJS.Signals, code: string]>([
  ['SIGABRT', 'BadRequestException'],
  ['SIGKILL', 'InternalServiceException'],
])('a process that ends by %s is a %s', async (signal, code) => {
  const client = new DuckDBClient();
  await client.parse('SELECT 1');
  const asked = client.parse('SELECT 1');
  (client as unknown as { process: { kill(signal: string): void } }).process.kill(signal);
  // It may still have answered.
  await asked.catch(() => undefined);
  await eventually(async () => client.isEnded, Boolean);
  await expect(client.parse('SELECT 1')).rejects.toMatchObject({ code, message: expect.stringContaining(signal) });
});

test.each([
  ['arguments', `length(concat(${Array(800).fill('key').join(',')})) > 5`],
  ['operators', `length(${Array(150).fill('key').join('||')}) > 5`],
])('a text of many %s gets no memory', async (_, expression) => {
  const selection = await openSelect(expression, { nowMs: NOW_MS });
  const rows = Array.from({ length: 8_192 }, (): SourceRow => ({ bucket: 'b', key: 'ß'.repeat(512) }));
  await expect(selection.pass(rows, SIGNAL)).rejects.toMatchObject({
    code: 'BadRequestException',
    message: expect.stringMatching(/Out of Memory|ended by/),
  });
  await selection.close();
});

describe('SQL that got by', () => {
  let client: DuckDBClient;
  beforeEach(() => {
    client = new DuckDBClient(5_000);
  });
  afterEach(() => client.close());
  const run = async (sql: string): Promise<unknown> => {
    await client.open({ probe: 'SELECT true', sql: `SELECT coalesce((${sql}), false)` });
    return client.decide([Buffer.from([1, 0, 0, 0])]);
  };

  test.each([
    ["SELECT content = 'x' FROM read_text('/etc/passwd')", 'file system operations are disabled'],
    ["SELECT true FROM read_csv('/etc/passwd')", 'file system operations are disabled'],
    ["SELECT true FROM read_csv('https://example.com/a.csv')", 'disabled'],
    ["SELECT true FROM glob('/etc/*')", 'disabled'],
    ["getenv('PATH') = ''", 'getenv does not exist'],
  ])('%s gets nothing', async (sql, message) => {
    await expect(run(sql)).rejects.toThrow(message);
  });

  test.each([
    ["length(repeat('x', 4000000000)) > 0"],
    ["len(list_transform(range(100000000), x -> repeat('x', 100))) > 0"],
  ])('%s gets no memory', async (sql) => {
    await expect(run(sql)).rejects.toThrow(/Memory|memory|ended|too long/);
  });

  test('a query without end is stopped', async () => {
    const startMs = performance.now();
    await expect(run('SELECT sum(i * 3) > 0 FROM range(1000000000000) r(i)')).rejects.toThrow('takes too long');
    expect(performance.now() - startMs).toBeLessThan(10_000);
  });

  test.each([
    "SET memory_limit='10GB'",
    'SET enable_external_access=true',
    "ATTACH '/tmp/drover-select.db'",
    "COPY (SELECT 1) TO '/tmp/drover-select.csv'",
    'INSTALL httpfs',
    "LOAD '/tmp/x.duckdb_extension'",
  ])('%s is not obeyed', async (sql) => {
    const attempt = client.open({ probe: 'SELECT true', sql }).then(() => client.decide([Buffer.from([0, 0, 0, 0])]));
    await expect(attempt).rejects.toThrow(/Filter\.Select: /);
  });
});
