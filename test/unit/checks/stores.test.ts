/**
 * Goal: `drover config check` tries every store under every credential that roles use there, the buckets that roles name, and
 * the workspace, and says what is wrong. Method: HTTP servers that answer as a store does, one of them refusing some keys.
 */
import type { ServerResponse } from 'node:http';
import type { CheckResult } from '../../../checks/check';
import { checkStores } from '../../../checks/stores';
import { type HttpStoreStub, type SeenRequest, startHttpStoreStub } from '../../support/servers/http-store-stub';
import { ConfigFolder } from '../config/config-folder';

let folder: ConfigFolder;
let main: HttpStoreStub;
let archive: HttpStoreStub;
let objects: Map<string, Buffer>;

/** Knows all keys but `BAD`; has the buckets `photos`, `cold` and `wsb`; does not list for `BLIND`. */
function answer(response: ServerResponse, { method, url, headers, body }: SeenRequest): void {
  const [, bucket = '', key = ''] = /^\/([^/?]*)\/?([^?]*)/.exec(url) ?? [];
  const accessKey = /Credential=(\w+)/.exec(headers.authorization ?? '')?.[1];
  const refuse = (status: number, code: string): void => {
    response.writeHead(status, { 'content-type': 'application/xml' });
    response.end(`<Error><Code>${code}</Code><Message>the store says ${code}</Message></Error>`);
  };
  if (accessKey === 'BAD') {
    refuse(403, 'InvalidAccessKeyId');
    return;
  }
  if (!['photos', 'cold', 'wsb'].includes(bucket)) {
    refuse(404, 'NoSuchBucket');
    return;
  }
  if (method === 'HEAD' && key === '') return void response.writeHead(200).end();
  if (method === 'PUT' && accessKey === 'READER') {
    refuse(403, 'AccessDenied');
    return;
  }
  if (method === 'PUT') {
    objects.set(url.split('?')[0]!, body);
    return void response.writeHead(200, { etag: '"e"' }).end();
  }
  if (method === 'DELETE') {
    objects.delete(url.split('?')[0]!);
    return void response.writeHead(204).end();
  }
  const found = objects.get(url.split('?')[0]!);
  if (found !== undefined) return void response.writeHead(200, { etag: '"e"' }).end(found);
  refuse(accessKey === 'BLIND' ? 403 : 404, accessKey === 'BLIND' ? 'AccessDenied' : 'NoSuchKey');
}

beforeEach(async () => {
  folder = new ConfigFolder();
  objects = new Map();
  main = await startHttpStoreStub(answer);
  archive = await startHttpStoreStub(answer);
});

afterEach(async () => {
  folder.remove();
  await Promise.all([main.close(), archive.close()]);
});

async function results(yaml: string): Promise<CheckResult[]> {
  const found: CheckResult[] = [];
  for await (const result of checkStores(folder.load(yaml).config)) found.push(result);
  return found;
}

const stores = (credentials = '{accessKeyId: GOOD, secretAccessKey: s}') => `
stores:
  main: {endpoint: '${main.endpoint}', credentials: ${credentials}}
  archive:
    endpoint: '${archive.endpoint}'
    credentials: {accessKeyId: ARCHIVE, secretAccessKey: s}
    buckets: [cold, 'old-*']
workspace: {store: main, bucket: wsb, prefix: x/}
`;
const ROLE = 'arn:aws:iam::123456789012:role';
const lines = (found: CheckResult[]) => found.map(({ name, ok }) => `${ok ? 'ok' : 'FAILED'} ${name}`);

test('all is well: each store as itself, the buckets by name, the workspace; nothing is left', async () => {
  const found = await results(`${stores()}roles: [{arn: '${ROLE}/a', read: [photos, 'x-*'], write: [cold]}]`);
  expect(lines(found)).toEqual([
    'ok store main as itself',
    'ok bucket photos as itself',
    'ok store archive as itself',
    'ok bucket cold as itself',
    'ok workspace wsb/x/',
  ]);
  expect(found[0]?.detail).toContain(main.endpoint);
  expect(objects.size).toBe(0);
  const puts = main.requests.filter(({ method }) => method === 'PUT').map(({ url }) => url);
  expect(puts).toEqual([expect.stringMatching(/^\/wsb\/x\/drover-config-check-/)]);
});

test('a role with credentials of its own is tried with these, at the stores it can reach alone', async () => {
  const found = await results(
    `${stores()}roles:
  - {arn: '${ROLE}/a', read: [photos], credentials: {main: {accessKeyId: BAD, secretAccessKey: very-secret}}}
  - {arn: '${ROLE}/b', read: [cold], credentials: {archive: {accessKeyId: BLIND, secretAccessKey: s}}}`,
  );
  expect(lines(found)).toEqual([
    `FAILED store main as ${ROLE}/a`,
    `ok store archive as ${ROLE}/b`,
    `ok bucket cold as ${ROLE}/b`,
    'ok workspace wsb/x/',
  ]);
  expect(found[0]).toMatchObject({
    detail: expect.stringContaining('InvalidAccessKeyId'),
    advice: 'The store does not know the access key: correct the credentials.',
  });
  expect(found[1]?.detail).toMatch(/does not say what is in cold \(AccessDenied\)/);
  expect(JSON.stringify(found)).not.toContain('very-secret');
});

test('a bucket that is not there, and one that no store has', async () => {
  const only = stores().replace(
    'credentials: {accessKeyId: GOOD, secretAccessKey: s}}',
    'credentials: {accessKeyId: GOOD, secretAccessKey: s}, buckets: [photos, wsb, gone]}',
  );
  const found = await results(`${only}roles: [{arn: '${ROLE}/a', read: [gone], write: [nowhere]}]`);
  expect(lines(found)).toEqual([
    'ok store main as itself',
    'FAILED bucket gone as itself',
    `FAILED bucket nowhere as ${ROLE}/a`,
    'ok workspace wsb/x/',
  ]);
  expect(found[1]?.detail).toContain('has no such bucket');
  expect(found[2]?.detail).toBe('no store has this bucket, which the role may write');
});

test('a workspace that can not be written', async () => {
  const found = await results(stores('{accessKeyId: READER, secretAccessKey: s}'));
  expect(found.at(-1)).toEqual({
    name: 'workspace wsb/x/',
    ok: false,
    detail: 'AccessDenied: an object can not be written: the store says AccessDenied',
    advice: 'Allow it at the store, or use other credentials.',
  });
});

test('something else than a store', async () => {
  const other = await startHttpStoreStub((response) => void response.writeHead(404).end('<h1>Not here</h1>'));
  const found = await results(
    `${stores().replace(archive.endpoint, other.endpoint)}roles: [{arn: '${ROLE}/a', read: [cold]}]`,
  );
  await other.close();
  expect(found[0]).toMatchObject({
    name: 'store archive as itself',
    ok: false,
    advice: 'What answers at the endpoint may be no S3 service: correct the endpoint of the store.',
  });
});

test('a store that is down', async () => {
  await archive.close();
  const found = await results(`${stores()}roles: [{arn: '${ROLE}/a', read: [cold]}]`);
  expect(found[0]).toMatchObject({
    name: 'store archive as itself',
    ok: false,
    advice: 'Start the store, or correct its endpoint; for TLS see caFile.',
  });
}, 60_000);
