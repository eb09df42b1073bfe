import { exposureProblem } from '../config/access/exposure';
import type { Config } from '../config/config';
import { check, CheckFailure, type CheckResult } from './check';
import { checkStores } from './stores';
import { checkTemporal } from './temporal';

export type { CheckResult } from './check';
export { probeStore, type ProbeFinding, type ProbeResult } from './probe/probe';
export type { ProbeTarget } from './probe/scratch';

/** Tries what a configuration names: each result as soon as it is known. */
export async function* checkConfig(config: Config): AsyncGenerator<CheckResult> {
  yield await checkApi(config);
  yield* checkTemporal(config.temporal);
  yield* checkStores(config);
  if (config.functions.endpoint !== undefined) yield await checkFunctions(config.functions.endpoint);
}

function checkApi({ api, accounts }: Config): Promise<CheckResult> {
  return check('API', () => {
    const keys = accounts.flatMap((account) => account.keys);
    const problem = exposureProblem(api.host, keys);
    if (problem !== undefined) throw new CheckFailure(problem);
    return Promise.resolve({ detail: `binds to ${api.host}, port ${api.port}; ${keys.length} access keys` });
  });
}

/** There is no call of Lambda's that needs no function, so any answer will do. */
function checkFunctions(endpoint: string): Promise<CheckResult> {
  return check('functions', async (signal) => {
    try {
      await (await fetch(endpoint, { method: 'HEAD', signal, redirect: 'manual' })).body?.cancel();
      return { detail: `${endpoint} answers` };
    } catch (error) {
      if (signal.aborted) throw error;
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new CheckFailure(`${endpoint} does not answer: ${why}`, 'Start it, or correct functions.endpoint.');
    }
  });
}
