/**
 * Goal: the API serves the console to browsers, under a policy that admits nothing inline and nothing foreign, and answers
 * programs as before. Method: requests to the app with a folder as the build leaves it.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import request from 'supertest';
import { testApp } from './test-app';

const folder = mkdtempSync(join(tmpdir(), 'drover-console-'));
mkdirSync(join(folder, 'assets'));
writeFileSync(join(folder, 'index.html'), '<!doctype html><div id="console"></div>');
writeFileSync(join(folder, 'drover.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
writeFileSync(join(folder, 'assets', 'index-abc.js'), 'export {};');
afterAll(() => rmSync(folder, { recursive: true }));

const { app } = testApp({ consoleFolder: folder });
const HTML = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

test.each(['/', '/jobs', '/jobs/11111111-1111-4111-8111-111111111111?after=x', '/no-such-page'])(
  'a browser gets the console at %s, without signing in',
  async (path) => {
    const answer = await request(app).get(path).set(HTML);
    expect(answer.status).toBe(200);
    expect(answer.text).toContain('id="console"');
    expect(answer.headers['cache-control']).toBe('no-cache');
    const policy = answer.headers['content-security-policy'];
    expect(policy).toMatch(/^default-src 'none';/);
    expect(policy).not.toMatch(/unsafe|data:|https?:|\*/);
  },
);

test('files are sent as what they are; those with a hash in their name are kept', async () => {
  const script = await request(app).get('/assets/index-abc.js');
  expect(script.headers['content-type']).toMatch(/javascript/);
  expect(script.headers['cache-control']).toMatch(/immutable/);
  const icon = await request(app).get('/drover.svg').set('accept', 'image/*');
  expect(icon.headers['content-type']).toBe('image/svg+xml');
});

test.each(['/', '/herd', '/herd/cow.txt'])('a client that takes the API for a store is told so at %s', async (path) => {
  const authorization =
    'AWS4-HMAC-SHA256 Credential=k/20261201/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0';
  const answer = await request(app).get(path).set({ authorization });
  expect(answer.status).toBe(404);
  expect(answer.headers['content-type']).toMatch(/^application\/xml/);
  expect(answer.text).toContain(
    `Not found: ${path}. This is Drover's API: requests for buckets and objects go to the store`,
  );
});

test.each([
  ['/assets/index-gone.js', '*/*'],
  ['/jobs', 'application/json'],
  ['/api/no-such-call', HTML.accept],
  ['/v20180820/jobs', HTML.accept],
  ['/assets/..%2f..%2fpackage.json', '*/*'],
])('%s is no page for a client that accepts %s', async (path, accept) => {
  const answer = await request(app).get(path).set('accept', accept);
  expect(answer.status).toBeGreaterThanOrEqual(400);
  expect(answer.text).not.toContain('id="console"');
});
