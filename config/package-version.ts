import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Drover's version, as package.json has it. This file is `config/…` in a checkout, and `dist/config/…` when compiled. */
export function packageVersion(): string {
  const [file] = ['..', '../..'].map((up) => join(__dirname, up, 'package.json')).filter((path) => existsSync(path));
  if (file === undefined) throw new Error('package.json is missing from the installation');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
