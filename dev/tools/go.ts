import { join } from 'node:path';
import { userEnvironment } from '../../config/dev';
import { runCommand } from './progress.cjs';

interface GoPackage {
  /** As `go install` takes it, with its version. */
  readonly path: string;
  /** What the program says its version is: `go install` leaves that to the linker. */
  readonly linkerVersion: { readonly variable: string; readonly value: string };
}

/** Builds a program from its source into the folder `into`, which is below the cache of tools. */
export async function goInstall({ path, linkerVersion }: GoPackage, into: string, label: string): Promise<void> {
  const env = userEnvironment();
  // Without a home Go has no place for its caches; they are kept, because a second build takes seconds with them.
  const places =
    env['HOME'] === undefined ? { GOPATH: join(into, '..', 'go'), GOCACHE: join(into, '..', 'go-build') } : {};
  const { variable, value } = linkerVersion;
  await runCommand('go', ['install', '-v', `-ldflags=-X=${variable}=${value}`, path], {
    label,
    env: { ...env, ...places, GOBIN: into, GOFLAGS: '-modcacherw', CGO_ENABLED: '0' },
  });
}
