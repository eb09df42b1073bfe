import { z } from 'zod';
import { DroverError } from '../contracts/engine/failures';
import { withoutTrailingSlashes } from '../contracts/text/text';
import { endpoint } from './file/fields';
import { parseVariables } from './variables';

/** Variables of the command line tool. */
export const cliEnvironmentSchema = z.object({
  DROVER_API_URL: endpoint.default('http://127.0.0.1:8800'),
  DROVER_ACCESS_KEY: z.string().min(1).optional(),
  DROVER_SECRET_KEY: z.string().min(1).optional(),
});

/** What terminals and their users say of colours; no setting of ours. */
export function terminalEnvironment({ NO_COLOR, TERM }: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  return { NO_COLOR, TERM };
}

/** Settings of the command line tool. */
export interface CliConfig {
  /** Without a trailing slash. */
  readonly apiUrl: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** Empty variables count as absent. Throws `DroverError('InvalidConfiguration')` that names every wrong variable. */
export function loadCliConfig(env: NodeJS.ProcessEnv = process.env): CliConfig {
  const { DROVER_API_URL, DROVER_ACCESS_KEY, DROVER_SECRET_KEY } = parseVariables(cliEnvironmentSchema, env);
  if ((DROVER_ACCESS_KEY === undefined) !== (DROVER_SECRET_KEY === undefined)) {
    throw new DroverError(
      'InvalidConfiguration',
      'DROVER_ACCESS_KEY and DROVER_SECRET_KEY must be set together: one is missing',
    );
  }
  return {
    apiUrl: withoutTrailingSlashes(DROVER_API_URL),
    ...(DROVER_ACCESS_KEY === undefined || DROVER_SECRET_KEY === undefined
      ? {}
      : { credentials: { accessKeyId: DROVER_ACCESS_KEY, secretAccessKey: DROVER_SECRET_KEY } }),
  };
}
