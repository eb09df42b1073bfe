/**
 * DuckDB by itself, to compare `Select` with: counts the rows of a CSV file for which conditions hold.
 *
 *   node duckdb-alone.cjs <file> <rows> <distinct rows> <JSON list of conditions>
 *
 * The file is written first, with the rows that `bench/suites/select.ts` makes. Prints a JSON list of { ms, passing }.
 */
'use strict';

const { performance } = require('node:perf_hooks');
const { DuckDBInstance } = require('@duckdb/node-api');

const [file, rows, distinct, conditions] = process.argv.slice(2);
const COLUMNS =
  "{'bucket': 'VARCHAR', 'key': 'VARCHAR', 'size': 'BIGINT', 'last_modified': 'TIMESTAMP', 'storage_class': 'VARCHAR'}";

async function main() {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  await connection.run(`
    COPY (
      SELECT 'herd', concat('logs/2026/', i % 1000, '/part-', i, '.gz'), (i * 7919) % 5000000,
             make_timestamp((1700000000 + i) * 1000000), CASE WHEN i % 3 = 0 THEN 'GLACIER' ELSE 'STANDARD' END
      FROM (SELECT n % ${Number(distinct)} AS i FROM range(${Number(rows)}) numbers(n))
    ) TO '${file}' (HEADER false)`);
  const results = [];
  for (const condition of JSON.parse(conditions)) {
    const startMs = performance.now();
    const counted = await connection.runAndReadAll(
      `SELECT count(*) FROM read_csv('${file}', header = false, columns = ${COLUMNS}) WHERE ${condition}`,
    );
    results.push({ ms: performance.now() - startMs, passing: Number(counted.getRows()[0][0]) });
  }
  process.stdout.write(JSON.stringify(results));
}

main().catch((error) => {
  process.stderr.write(`${error.message}\n`, () => process.exit(1));
});
