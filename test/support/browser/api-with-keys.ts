import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { composeApi } from '../../../api/compose';
import { createStores } from '../../../storage/stores';
import type { TestDrover } from '../stack/drover';

export const FULL_KEY = { accessKeyId: 'FULL', secretAccessKey: 'full-secret' };
export const VIEW_KEY = { accessKeyId: 'VIEW', secretAccessKey: 'view-secret', viewOnly: true };

/** A second API for the jobs of a Drover, that asks who one is. */
export async function apiWithKeys({ config, temporal }: TestDrover) {
  const stores = createStores(config);
  const accounts = config.accounts.map((account) => ({ ...account, keys: [FULL_KEY, VIEW_KEY] }));
  const { app } = composeApi({ ...config, accounts }, { client: temporal, stores, log: pino({ level: 'silent' }) });
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async (): Promise<void> => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await stores.close();
    },
  };
}
