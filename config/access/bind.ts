import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DroverError } from '../../contracts/engine/failures';
import type { ListenAddress } from '../config';

/**
 * Listens at the address, and resolves with it and the port that was found where any would do. Rejects with InvalidConfiguration,
 * whose message names the address and `setting`, when it can't be bound.
 */
export async function bind(server: Server, { host, port }: ListenAddress, setting: string): Promise<ListenAddress> {
  await new Promise<void>((resolve, reject) => {
    server.once('listening', resolve);
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why = error.code === 'EADDRINUSE' ? 'is in use by another process' : `cannot be bound (${error.message})`;
      reject(new DroverError('InvalidConfiguration', `${host}:${port} ${why}: set ${setting}`, { cause: error }));
    });
    server.listen(port, host);
  });
  return { host, port: (server.address() as AddressInfo).port };
}
