/**
 * Goal: client and worker reach a Temporal behind TLS with what the configuration says, and not without; `drover config check`
 * says so. Method: a TLS proxy before the dev server that asks for a client certificate and looks at the headers it gets.
 */
import { readFileSync } from 'node:fs';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import { Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { checkTemporal } from '../../checks/temporal';
import type { TemporalConfig } from '../../config/config';
import { loadConfig } from '../../config/load';
import { temporalConnectionOptions } from '../../temporal/connection';
import { temporalAddress } from '../support/addresses';

const FIXTURES = join(__dirname, '../fixtures/tls');
const [CA, CERT, KEY] = ['ca.pem', 'server.pem', 'server.key'].map((name) => join(FIXTURES, name)) as [
  string,
  string,
  string,
];

interface Seen {
  readonly serverName: string;
  readonly clientCertificate: boolean;
}

const seen: Seen[] = [];
let proxy: Server;
let port: number;

beforeAll(async () => {
  const [host = '', upstreamPort = ''] = temporalAddress().split(':');
  const options = { key: readFileSync(KEY), cert: readFileSync(CERT), requestCert: true, rejectUnauthorized: false };
  proxy = createServer({ ...options, ALPNProtocols: ['h2'] }, (socket: TLSSocket) => {
    const { servername } = socket as TLSSocket & { servername?: string | false };
    const certificate = socket.getPeerCertificate() as { subject?: unknown };
    seen.push({ serverName: String(servername), clientCertificate: certificate.subject !== undefined });
    const upstream = connect(Number(upstreamPort), host);
    for (const [from, to] of [
      [socket, upstream],
      [upstream, socket],
    ] as const) {
      from.on('error', () => to.destroy());
      from.pipe(to);
    }
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  ({ port } = proxy.address() as AddressInfo);
});

afterAll(() => new Promise((resolve) => proxy.close(resolve)));

/** Node warns of a name that is an address. */
function configured({ host = 'localhost', ...env }: Record<string, string>): TemporalConfig {
  return loadConfig({ TEMPORAL_ADDRESS: `${host}:${port}`, ...env }).temporal;
}

const TRUSTED = { TEMPORAL_TLS_CA: CA };
const NAMED = { ...TRUSTED, TEMPORAL_TLS_SERVER_NAME: 'localhost', host: '127.0.0.1' };
const IDENTIFIED = { ...TRUSTED, TEMPORAL_TLS_CERT: CERT, TEMPORAL_TLS_KEY: KEY };

test.each([
  ['an authority', TRUSTED, { clientCertificate: false }],
  ['a client certificate', IDENTIFIED, { clientCertificate: true }],
  ['a name that is not in the address', NAMED, { serverName: 'localhost' }],
  ['an API key', { ...TRUSTED, TEMPORAL_API_KEY: 'k' }, {}],
])('client and worker connect with %s', async (_what, env, expected) => {
  const options = temporalConnectionOptions(configured(env));
  for (const open of [() => Connection.connect(options), () => NativeConnection.connect(options)]) {
    seen.length = 0;
    const connection = await open();
    await connection.workflowService.describeNamespace({ namespace: 'default' });
    await connection.close();
    expect(seen.at(-1)).toMatchObject(expected);
  }
});

async function checked(env: Record<string, string>) {
  const results = [];
  for await (const result of checkTemporal(configured(env))) results.push(result);
  return results;
}

test('the check tells what is there', async () => {
  const [server, namespace] = await checked(TRUSTED);
  expect(server).toEqual({ name: `Temporal at localhost:${port}`, ok: true, detail: 'answers over TLS' });
  expect(namespace).toMatchObject({ name: 'namespace default', ok: true });
  expect(namespace?.detail).toMatch(/search attributes.*keeps ended jobs for \d+/);
});

test('the check tells what is missing', async () => {
  expect(await checked({ ...TRUSTED, TEMPORAL_NAMESPACE: 'not-there' })).toEqual([
    expect.objectContaining({ ok: true }),
    {
      name: 'namespace not-there',
      ok: false,
      detail: 'there is no namespace not-there',
      advice: expect.stringContaining('temporal operator namespace create --namespace not-there'),
    },
  ]);
});

test.each([
  ['plain where TLS is spoken', {}, /A server that speaks TLS needs temporal\.tls/],
  ['an unknown authority', { TEMPORAL_TLS: 'true' }, /one with its own authority needs caFile/],
  ['a name the certificate does not have', { ...TRUSTED, TEMPORAL_TLS_SERVER_NAME: 'other.example' }, /serverName/],
  ['nobody there', { ...TRUSTED, TEMPORAL_ADDRESS: '127.0.0.1:1' }, /Start Temporal there/],
])('the check fails: %s', async (_what, env: Record<string, string>, advice) => {
  const results = await checked(env);
  expect(results).toEqual([expect.objectContaining({ ok: false, advice: expect.stringMatching(advice) })]);
});
