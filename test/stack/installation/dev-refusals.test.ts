/**
 * Goal: what keeps `npm run dev` from starting is told at once, all of it, by the names of variables. Method: the command itself, with
 * ports of different parts in use, and with the address of a store that is not there.
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '../../../dev/parts/ports';
import { SEAWEEDFS_GRPC_OFFSET, SEAWEEDFS_PORTS } from '../../../dev/parts/seaweedfs';
import { type StackPorts, startDroverStack } from '../../support/servers/stack';

let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'drover-refusal-'));
});

afterEach(() => {
  rmSync(home, { recursive: true, force: true });
});

async function choosePorts(): Promise<StackPorts> {
  const first = await freePorts(3);
  const s3 = await freePorts(SEAWEEDFS_PORTS, [SEAWEEDFS_GRPC_OFFSET]);
  return { api: first, temporal: first + 1, temporalUi: first + 2, s3 };
}

async function occupy(port: number): Promise<Server> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return server;
}

test('of ports in use, those of all parts are named, and nothing has been started', async () => {
  const ports = await choosePorts();
  const taken = [ports.api, ports.temporalUi, ports.s3 + 3];
  const servers = await Promise.all(taken.map(occupy));
  try {
    const refusal = await startDroverStack({ home, ports }).catch((error: unknown) => String(error));
    const variables = ['DROVER_API_PORT', 'DROVER_TEMPORAL_UI_PORT', 'DROVER_S3_PORT'];
    taken.forEach((port, index) => {
      expect(refusal).toContain(`port ${port} (${variables[index] ?? ''}) is in use by `);
    });
    expect(readdirSync(join(home, 'log'))).toEqual([]);
    expect(readdirSync(join(home, 'run'))).toEqual([]);
  } finally {
    for (const server of servers) server.close();
  }
});

test('a store that does not answer is named with its variable', async () => {
  const endpoint = `http://127.0.0.1:${await freePorts(1)}`;
  const started = startDroverStack({ home, env: { DROVER_S3_ENDPOINT: endpoint }, shared: { temporal: true } });
  await expect(started).rejects.toThrow(`error: no store answers at ${endpoint} (DROVER_S3_ENDPOINT): ECONNREFUSED`);
});
