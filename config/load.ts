import { resolve } from 'node:path';
import type { Config } from './config';
import { DEFAULTS } from './defaults';
import { NO_CONFIG_FILE, parseEnvironment } from './environment';
import { configFileIn, type ReadConfigFile, readConfigFile } from './file/config-file';
import { crossCheck } from './file/cross-checks';
import { PemFiles } from './file/pem-files';
import { ConfigurationError, type Problem, problemText } from './problems';
import { resolveConfig } from './resolve/resolve';

export { DEV_ACCESS_KEY, DEV_ACCOUNT_ID, DEV_ROLE_ARN, DEV_SECRET_KEY } from './defaults';

export interface LoadedConfig {
  readonly config: Config;
  /** Absolute path of the file that was read. */
  readonly file?: string;
  /** Environment variables that its texts refer to: who starts other processes on it must pass them on. */
  readonly variables: readonly string[];
}

/**
 * Settings of one process: environment over file over default. The file is the one that DROVER_CONFIG names, else
 * `drover.config.yaml` in `folder`. Without arguments: those of this process, and its working directory; with an environment
 * alone, no folder is searched. Throws `DroverError('InvalidConfiguration')` that names everything that is wrong, by
 * variable, or by file, line and setting.
 */
export function loadConfig(env?: NodeJS.ProcessEnv, folder?: string): Config {
  return loadConfigAndFile(env, folder).config;
}

/** As `loadConfig`, and says which file was read. */
export function loadConfigAndFile(env?: NodeJS.ProcessEnv, folder?: string): LoadedConfig {
  const variables = env ?? process.env;
  const searched = folder ?? (env === undefined ? process.cwd() : undefined);
  const parsed = parseEnvironment(variables);
  const path = chosenFile(parsed.DROVER_CONFIG, searched);
  const file = path === undefined ? undefined : readConfigFile(path, variables);
  const problems: Problem[] = [];
  const config = resolveConfig({
    env: parsed,
    file: file?.settings ?? {},
    region: parsed.DROVER_REGION ?? file?.settings.region ?? parsed.DROVER_S3_REGION ?? DEFAULTS.region,
    filesOfFile: new PemFiles(file?.folder ?? '.', problems),
    filesOfEnv: new PemFiles('.', problems),
    problems,
  });
  // One mistake would show again in the checks that build on it.
  refuse(problems, file);
  refuse(crossCheck(config), file);
  return { config, variables: file?.variables ?? [], ...(file === undefined ? {} : { file: file.path }) };
}

/** As `loadConfigAndFile`, with a file that must be there instead of the one that DROVER_CONFIG names. */
export function loadConfigFile(path: string, env: NodeJS.ProcessEnv = process.env): LoadedConfig {
  return loadConfigAndFile({ ...env, DROVER_CONFIG: resolve(path) });
}

function chosenFile(named: string | undefined, folder: string | undefined): string | undefined {
  if (named === NO_CONFIG_FILE) return undefined;
  return named ?? (folder === undefined ? undefined : configFileIn(folder));
}

function refuse(problems: readonly Problem[], file: ReadConfigFile | undefined): void {
  if (problems.length === 0) return;
  throw new ConfigurationError(problems.map((problem) => file?.describe(problem) ?? problemText(problem)));
}
