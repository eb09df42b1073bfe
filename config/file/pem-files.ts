import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Problem, SettingPath } from '../problems';

/** Reads the files that settings name, relative to one folder. What can't be read becomes a problem of the setting. */
export class PemFiles {
  constructor(
    private readonly folder: string,
    private readonly problems: Problem[],
  ) {}

  /** The path that a setting means. */
  pathOf(file: string | undefined): string | undefined {
    return file === undefined ? undefined : resolve(this.folder, file);
  }

  certificates(file: string | undefined, path: SettingPath): string | undefined {
    return this.read(file, path, 'PEM certificate', (pem) => new X509Certificate(pem));
  }

  privateKey(file: string | undefined, path: SettingPath): string | undefined {
    return this.read(file, path, 'PEM private key without a passphrase', (pem) => createPrivateKey(pem));
  }

  private read(
    file: string | undefined,
    path: SettingPath,
    kind: string,
    check: (pem: string) => unknown,
  ): string | undefined {
    if (file === undefined) return undefined;
    const absolute = resolve(this.folder, file);
    const pem = this.textOf(absolute, path);
    if (pem === undefined) return undefined;
    try {
      check(pem);
    } catch {
      this.problems.push({ path, message: `${absolute} is not a ${kind}` });
    }
    return pem;
  }

  private textOf(absolute: string, path: SettingPath): string | undefined {
    try {
      return readFileSync(absolute, 'utf8');
    } catch (error) {
      this.problems.push({ path, message: `${absolute} cannot be read${reasonOf(error)}` });
      return undefined;
    }
  }
}

/** ` (ENOENT)` */
export function reasonOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? ` (${String(error.code)})` : '';
}
