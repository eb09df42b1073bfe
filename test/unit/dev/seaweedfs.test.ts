/**
 * Goal: SeaweedFS in a container is told what the binary is told. Method: the wrapper itself, with a `docker` that only repeats
 * its arguments.
 */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { childEnvironment } from '../../../config/dev';
import { seaweedFsPart } from '../../../dev/parts/seaweedfs';
import { runCommand } from '../../../dev/tools/progress.cjs';
import { DOCKER_WRAPPER } from '../../../dev/tools/seaweedfs';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'drover-weed-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function executable(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  chmodSync(path, 0o755);
  return path;
}

test('the Docker fallback hands on every variable and argument of the part', async () => {
  executable('docker', '#!/bin/sh\nfor argument in "$@"; do echo "$argument"; done\n');
  const binary = executable('weed', DOCKER_WRAPPER);
  const part = seaweedFsPart({ binary, port: 8333, dataDir: '/data', accessKeyId: 'k', secretAccessKey: 's' });
  const basics = childEnvironment({});
  const own = Object.keys(part.env).filter((name) => part.env[name] !== basics[name]);
  expect(own).toContain('WEED_JWT_FILER_SIGNING_KEY');
  const env = { ...part.env, PATH: `${folder}:${part.env['PATH']}` };
  const said = (await runCommand(binary, part.args, { env })).trim().split('\n');
  const handedOn = said.filter((_, index) => said[index - 1] === '-e');
  expect(handedOn.sort()).toEqual([...own].sort());
  expect(said.slice(-part.args.length)).toEqual(part.args);
});
