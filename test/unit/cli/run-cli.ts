/** The command line tool run in this process, on its own or before the real API app on a fake Temporal. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Writable } from 'node:stream';
import { run } from '../../../cli/run';
import { type TestApp, USER_VARIABLES } from '../api/test-app';

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliWorld {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  /** Called instead of the pause between two looks of a watch: what happens meanwhile. */
  readonly meanwhile?: () => void;
}

export async function runCli(argv: readonly string[], world: CliWorld = {}): Promise<Ended> {
  const { env = {}, stdin = '', meanwhile } = world;
  const [stdout, stderr] = [new Collected(), new Collected()];
  const input = (async function* () {
    yield Buffer.from(stdin);
  })();
  const sleep = async (): Promise<void> => meanwhile?.();
  const code = await run(argv, { terminal: { stdout, stderr }, stdin: input, env, sleep });
  return { code, stdout: stdout.text, stderr: stderr.text };
}

class Collected extends Writable {
  text = '';
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

export interface CliContext extends TestApp {
  /** The variables of a user of this API. */
  env: Record<string, string>;
  server: Server;
}

/** Serves a new app for every test of the file. The object is filled anew, so keep it whole. */
export function serveForCli(makeApp: () => TestApp): CliContext {
  const context = {} as CliContext;
  beforeEach(async () => {
    const app = makeApp();
    const server = createServer(app.app);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const env = { ...USER_VARIABLES, DROVER_API_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
    Object.assign(context, app, { env, server });
  });
  afterEach(async () => {
    context.server.closeAllConnections();
    await new Promise((resolve) => context.server.close(resolve));
  });
  return context;
}
