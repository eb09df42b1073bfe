/**
 * The process in which DuckDB looks at rows: started by `sandbox.ts`, without environment, with no right to read, write or
 * run anything but its own code. Plain JavaScript, because it runs as it stands here, in tests as well as in the package.
 *
 * Frames on stdin and stdout: 4 bytes of length (little-endian), one byte of kind, payload. Each request has one answer, in
 * the order of requests.
 *
 *   P  SQL                                          → J  its tree, as JSON
 *   O  JSON { probe, sql }                          → R  nothing: what follows is decided by `sql`
 *   D  rows (u32), then for each parameter of `sql`
 *      its length (u32) and its bytes               → B  a byte for each row: 1 passes
 *   anything that fails                             → E  what is wrong
 */
'use strict';

const [apiPath, bindingsPath, memoryMiB] = process.argv.slice(2);
const { DuckDBInstance, DuckDBTypeId } = require(apiPath);
const bindings = require(bindingsPath);

const HEADER_BYTES = 5;
/** In this order: what follows `enable_external_access` may no longer name a folder. */
const SETTINGS = {
  temp_directory: '',
  enable_external_access: 'false',
  autoinstall_known_extensions: 'false',
  autoload_known_extensions: 'false',
  allow_community_extensions: 'false',
  memory_limit: `${memoryMiB}MiB`,
  threads: '1',
  lock_configuration: 'true',
};

async function main() {
  const instance = await DuckDBInstance.create(':memory:', SETTINGS);
  const connection = await instance.connect();
  let opened;
  const answers = {
    P: async (payload) => ['J', await tree(connection, payload.toString())],
    O: async (payload) => {
      opened = await open(connection, JSON.parse(payload.toString()));
      return ['R', ''];
    },
    D: async (payload) => ['B', await decide(opened, payload)],
  };
  let last = Promise.resolve();
  onFrame((kind, payload) => {
    last = last.then(async () => {
      try {
        reply(...(await answers[kind](payload)));
      } catch (error) {
        reply('E', error instanceof Error ? error.message : String(error));
      }
    });
  });
}

async function tree(connection, sql) {
  const rows = (await connection.runAndReadAll('SELECT json_serialize_sql($1::VARCHAR)', [sql])).getRows();
  return rows[0][0];
}

async function open(connection, { probe, sql }) {
  const probed = await connection.prepare(probe);
  const isCondition = probed.columnCount === 1 && probed.columnTypeId(0) === DuckDBTypeId.BOOLEAN;
  if (!isCondition) throw new Error('is not a condition: its value is neither true nor false');
  await probed.run();
  probed.destroySync();
  return connection.prepare(sql);
}

async function decide(statement, payload) {
  const rows = payload.readUInt32LE(0);
  for (let at = 4, parameter = 1; at < payload.length; parameter++) {
    const end = at + 4 + payload.readUInt32LE(at);
    statement.bindBlob(parameter, payload.subarray(at + 4, end));
    at = end;
  }
  const result = await statement.run();
  const passing = Buffer.alloc(rows);
  let count = 0;
  for (;;) {
    const chunk = await result.fetchChunk();
    if (!chunk || chunk.rowCount === 0) break;
    const values = bindings.vector_get_data(bindings.data_chunk_get_vector(chunk.chunk, 0), chunk.rowCount);
    if (count + chunk.rowCount <= rows) passing.set(values, count);
    count += chunk.rowCount;
  }
  if (count !== rows) throw new Error(`decided on ${count} rows in place of ${rows}`);
  return passing;
}

function onFrame(take) {
  let parts = [];
  let bytes = 0;
  let wanted = HEADER_BYTES;
  process.stdin.on('data', (part) => {
    parts.push(part);
    bytes += part.length;
    if (bytes < wanted) return;
    let all = parts.length === 1 ? part : Buffer.concat(parts, bytes);
    for (;;) {
      wanted = all.length < HEADER_BYTES ? HEADER_BYTES : HEADER_BYTES + all.readUInt32LE(0);
      if (all.length < wanted) break;
      take(String.fromCharCode(all[4]), all.subarray(HEADER_BYTES, wanted));
      all = all.subarray(wanted);
    }
    parts = all.length === 0 ? [] : [all];
    bytes = all.length;
  });
  // Nobody is left to be answered.
  process.stdin.on('end', () => process.exit(0));
}

function reply(kind, content) {
  const payload = Buffer.from(content);
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32LE(payload.length, 0);
  header.write(kind, 4);
  process.stdout.write(Buffer.concat([header, payload]));
}

main().catch((error) => {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`, () => process.exit(1));
});
