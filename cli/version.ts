import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** As package.json has it: this file is `cli/…` in a checkout, and `dist/cli/…` when compiled. */
export function packageVersion(): string {
  const [file] = ['..', '../..'].map((up) => join(__dirname, up, 'package.json')).filter((path) => existsSync(path));
  if (file === undefined) throw new Error('package.json is missing from the installation');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
