/**
 * Goal: a manifest that is sent arrives whole in the workspace, where nobody but its account can name it, and a body that is
 * wrong leaves nothing. Method: the REST call over a socket, on a store in memory.
 */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { request as httpRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import request from 'supertest';
import { manifestUploads } from '../../../../api/jobs/manifest-uploads';
import { longUpload } from '../../../../api/long-uploads';
import { createApiServer } from '../../../../api/server';
import { LIMITS } from '../../../../contracts/limits';
import { uploadedManifest } from '../../../../contracts/uploaded-manifest';
import { memoryRoleStores, MemoryStore, memoryStores } from '../../../support/memory-store/store';
import { ACCOUNT, ROLE, testApp, USER, WORKSPACE } from '../test-app';

const PART = LIMITS.upload.partBytes;

function world() {
  const store = new MemoryStore({ buckets: ['workspace'] });
  const stores = memoryStores(memoryRoleStores(store), store, [ROLE]);
  return { store, ...testApp({ uploads: manifestUploads(stores, WORKSPACE) }) };
}

function sha256(body: Buffer): string {
  return createHash('sha256').update(body).digest('hex');
}

async function stored(store: MemoryStore, key: string): Promise<Buffer> {
  return store.read({ bucket: 'workspace', key });
}

test.each([
  ['a small one', Buffer.from('herd,cow\n')],
  ['one of a part exactly', Buffer.alloc(PART, 'a')],
  ['one of a part and a byte', Buffer.alloc(PART + 1, 'b')],
  ['one of three parts', Buffer.alloc(2 * PART + 1_000, 'c')],
])('%s arrives whole', async (_what, body) => {
  const { app, store } = world();
  const put = () => request(app).put('/api/manifests').set(USER).type('text/csv');
  const { body: answer } = await put().send(body).expect(201);
  const { key = '' } = uploadedManifest(WORKSPACE, ACCOUNT, answer.ObjectArn) ?? {};
  // Not by `toEqual`, which takes a minute for these.
  expect(sha256(await stored(store, key))).toBe(sha256(body));
  expect(answer.ETag).toBe((await store.headObject({ bucket: 'workspace', key })).etag);
  // The same content by its hash is one object, whose ETag stays.
  const known = (
    await put()
      .query({ sha256: sha256(body) })
      .send(body)
      .expect(201)
  ).body;
  const again = (
    await put()
      .query({ sha256: sha256(body) })
      .send(body)
      .expect(201)
  ).body;
  expect(known.ObjectArn).toBe(`arn:aws:s3:::workspace/drover/jobs/manifests/${ACCOUNT}/${sha256(body)}.csv`);
  expect(again).toEqual(known);
});

test.each([9, PART, 2 * PART + 9])('a body of %i bytes that is another one leaves nothing', async (size) => {
  const { app, store } = world();
  const { body } = await request(app)
    .put('/api/manifests')
    .query({ sha256: sha256(Buffer.from('other')) })
    .set(USER)
    .type('text/csv')
    .send(Buffer.alloc(size, 'a'))
    .expect(400);
  expect(body.error).toMatchObject({ code: 'BadRequestException', message: 'sha256: is not that of the body' });
  expect((await store.listObjects({ Bucket: 'workspace' })).objects).toEqual([]);
  expect((await store.listMultipartUploads({ Bucket: 'workspace' })).uploads).toEqual([]);
});

test('an empty body, another type, and no account are refused', async () => {
  const { app } = world();
  const put = () => request(app).put('/api/manifests');
  const messageOf = (answer: { body: { error?: { message?: string } } }) => answer.body.error?.message;
  expect(messageOf(await put().set(USER).type('text/csv').send('').expect(400))).toMatch(/body: is empty/);
  expect(messageOf(await put().set(USER).send({ a: 1 }).expect(400))).toMatch(/Content-Type: text\/csv/);
  expect(messageOf(await put().set(USER).type('text/plain').send('a').expect(400))).toMatch(/Content-Type: text\/csv/);
  await put().set({ host: USER.host }).type('text/csv').send('a').expect(401);
  const json = request(app).post('/api/jobs').set(USER).type('text/csv').send('a');
  expect(messageOf(await json.expect(400))).toMatch(/Content-Type: application\/json/);
});

test('is refused unread when it is announced to be too long', async () => {
  const { app } = world();
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const headers = { ...USER, 'content-type': 'text/csv', 'content-length': LIMITS.upload.bytesMax + 1 };
      const sending = httpRequest({ ...portOf(server), method: 'PUT', path: '/api/manifests', headers }, (answer) => {
        resolve(answer.statusCode);
        answer.resume();
      });
      sending.on('error', reject);
      sending.flushHeaders();
    });
    expect(status).toBe(400);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

describe('a slow client', () => {
  /** A server whose requests may take 200 ms, and which looks each 50 ms. */
  async function upload(times: { idleMs: number; totalMs: number }, pauseMs: number, marked: boolean) {
    const server = createApiServer(
      (incoming, response) => {
        const body = marked ? longUpload(incoming, times) : (incoming as AsyncIterable<Uint8Array>);
        void (async () => {
          let bytes = 0;
          try {
            for await (const piece of body) bytes += piece.length;
            response.end(String(bytes));
          } catch (error) {
            response.end((error as Error).message);
          }
        })();
      },
      { warn: () => undefined },
      { requestTimeoutMs: 200, checkIntervalMs: 50 },
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      return await new Promise<string>((resolve, reject) => {
        const sending = httpRequest({ ...portOf(server), method: 'PUT' }, (answer) => {
          answer.setEncoding('utf8').once('data', (text: string) => resolve(`${answer.statusCode} ${text}`));
        });
        sending.on('error', reject);
        sending.write('a');
        setTimeout(() => sending.end('b'), pauseMs);
      });
    } finally {
      server.closeAllConnections();
      server.close();
    }
  }

  test('has its own time', async () => {
    expect(await upload({ idleMs: 5_000, totalMs: 5_000 }, 500, true)).toBe('200 2');
  });

  test('is given up when nothing comes, and after its time', async () => {
    expect(await upload({ idleMs: 100, totalMs: 5_000 }, 500, true)).toMatch(/did not arrive in time/);
    expect(await upload({ idleMs: 5_000, totalMs: 100 }, 500, true)).toMatch(/did not arrive in time/);
  });

  test('has the time of all others in other calls', async () => {
    expect(await upload({ idleMs: 5_000, totalMs: 5_000 }, 600, false)).toMatch(/^408 /);
  });
});

function portOf(server: Server): { host: string; port: number } {
  return { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
}
