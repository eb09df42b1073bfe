import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfigAndFile, type LoadedConfig } from '../../../config/load';
import { ConfigurationError } from '../../../config/problems';

/** A folder with a drover.config.yaml in it. */
export class ConfigFolder {
  readonly path = mkdtempSync(join(tmpdir(), 'drover-config-'));

  write(name: string, text: string): string {
    const file = join(this.path, name);
    writeFileSync(file, text);
    return file;
  }

  load(yaml: string, env: Record<string, string> = {}): LoadedConfig {
    this.write('drover.config.yaml', yaml);
    return loadConfigAndFile({ ...env }, this.path);
  }

  /** What is wrong with it. */
  problems(yaml: string, env: Record<string, string> = {}): readonly string[] {
    return problemsOf(() => this.load(yaml, env));
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

export function problemsOf(load: () => unknown): readonly string[] {
  try {
    load();
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
  return [];
}

/** A configuration of two stores and one account. */
export const TWO_STORES = `
region: eu-central-1
stores:
  main:
    endpoint: https://s3.example.org
    credentials: {accessKeyId: AKM, secretAccessKey: sm}
  archive:
    endpoint: https://archive.example.org
    region: eu-west-3
    pathStyle: false
    credentials: {profile: archive}
    buckets: [cold, cold-*]
accounts:
  - {id: '111111111111', keys: [{accessKeyId: AK1, secretAccessKey: s1}]}
workspace: {store: main}
`;
