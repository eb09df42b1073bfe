/**
 * Goal: people see what an installation is made of and what of it is down, and no secret. Method: a configuration with a store
 * that takes connections and one that does not.
 */
import { type AddressInfo, createServer } from 'node:net';
import { systemService } from '../../../../api/jobs/system';
import type { StoreConfig } from '../../../../config/config';
import { packageVersion } from '../../../../config/package-version';
import { ACCOUNT, ROLE, TEST_ROLE } from '../test-app';

const listening = createServer((socket) => socket.destroy());
beforeAll(() => new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve)));
afterAll(() => new Promise((resolve) => listening.close(resolve)));

function store(name: string, port: number): StoreConfig {
  const credentials = { kind: 'static', accessKeyId: 'AK', secretAccessKey: 'topsecret' } as const;
  return { name, endpoint: `http://127.0.0.1:${port}`, region: 'r', pathStyle: true, credentials, buckets: [] };
}

function service(readFleet: () => Promise<never>) {
  const { port } = listening.address() as AddressInfo;
  return systemService(
    {
      stores: [store('up', port), store('down', 1)],
      roles: [
        { ...TEST_ROLE, accounts: [ACCOUNT], webhooks: [{ url: 'https://hooks.example/', secret: 'topsecret' }] },
        { ...TEST_ROLE, arn: 'arn:aws:iam::999999999999:role/other', accounts: ['999999999999'] },
      ],
      accounts: [{ id: ACCOUNT, keys: [{ accessKeyId: 'AK', secretAccessKey: 'topsecret' }], jobsMax: 5 }],
      temporal: { address: '127.0.0.1:7233', namespace: 'default' },
    },
    readFleet,
  );
}

test('stores, roles of the account and its bounds are shown, also while Temporal is down', async () => {
  const view = await service(() => Promise.reject(new Error('down'))).view(ACCOUNT);
  expect(view.version).toBe(packageVersion());
  expect(view.fleet).toBeUndefined();
  expect(view.stores.map(({ name, isReachable }) => [name, isReachable])).toEqual([
    ['up', true],
    ['down', false],
  ]);
  expect(view.stores[1]!.problem).toContain('ECONNREFUSED');
  expect(view.roles).toEqual([
    { arn: ROLE, read: [], write: ['*'], functions: ['*'], webhooks: ['https://hooks.example/'] },
  ]);
  expect(view.account).toEqual({ id: ACCOUNT, jobsMax: 5 });
  expect(JSON.stringify(view)).not.toContain('topsecret');
});
