import { readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { ConfigurationError, type Problem, problemText } from '../problems';
import { interpolate } from './interpolate';
import { settingProblems } from './issues';
import { reasonOf } from './pem-files';
import { type ConfigFile, configFileSchema } from './schema';
import { parseYaml } from './yaml-text';

const CONFIG_FILE_NAME = 'drover.config.yaml';
/** Nobody writes that many settings; a wrong path may lead anywhere. */
const FILE_BYTES_MAX = 1024 * 1024;

export interface ReadConfigFile {
  /** Absolute. */
  readonly path: string;
  readonly folder: string;
  readonly settings: ConfigFile;
  /** Environment variables that its texts refer to. */
  readonly variables: readonly string[];
  /** One sentence, with the file's name and the line where the setting stands in it. */
  describe(problem: Problem): string;
}

/** The file of a folder, if it is there. */
export function configFileIn(folder: string): string | undefined {
  const path = join(folder, CONFIG_FILE_NAME);
  return statSync(path, { throwIfNoEntry: false }) === undefined ? undefined : path;
}

/** Reads and checks the file. `env` is what `${NAME}` stands for. Throws `ConfigurationError` with everything that is wrong. */
export function readConfigFile(path: string, env: NodeJS.ProcessEnv): ReadConfigFile {
  const absolute = resolve(path);
  const name = basename(absolute);
  const yaml = parseYaml(textOf(absolute));
  if ('fault' in yaml) {
    const { line, column, message } = yaml.fault;
    throw new ConfigurationError([`${name}:${line}:${column}: ${message}`]);
  }
  const describe = (problem: Problem): string => {
    const line = yaml.lineOf(problem.path);
    if (line !== undefined) return `${name}:${line}: ${problemText(problem)}`;
    return problem.path.length === 0 ? `${name}: ${problem.message}` : problemText(problem);
  };
  const { value, variables, problems: missing } = interpolate(yaml.value ?? {}, env);
  if (missing.length > 0) throw new ConfigurationError(missing.map(describe));
  const parsed = configFileSchema.safeParse(value);
  if (!parsed.success) {
    const problems = settingProblems(parsed.error.issues);
    const lineOf = (problem: Problem): number => yaml.lineOf(problem.path) ?? 0;
    throw new ConfigurationError(problems.sort((a, b) => lineOf(a) - lineOf(b)).map(describe));
  }
  return { path: absolute, folder: dirname(absolute), settings: parsed.data, variables, describe };
}

function textOf(path: string): string {
  try {
    const { size } = statSync(path);
    if (size > FILE_BYTES_MAX) {
      throw new ConfigurationError([`${path} is too large for a configuration file: ${size} bytes`]);
    }
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path));
  } catch (error) {
    if (error instanceof ConfigurationError) throw error;
    throw new ConfigurationError([`the configuration file ${path} cannot be read${reasonOf(error)}`]);
  }
}
