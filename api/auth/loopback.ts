import { exposureProblem } from '../../config/access/exposure';
import type { Config } from '../../config/config';
import { DroverError } from '../../contracts/engine/failures';

export { isLoopbackHost } from '../../config/access/exposure';

/** The name in a Host header, without its port; undefined when it is not a well-formed one. */
export function hostName(hostHeader: string | undefined): string | undefined {
  return /^(\[[0-9a-fA-F:.]+\]|[^:[\]/@\s]+)(?::\d{1,5})?$/.exec(hostHeader ?? '')?.[1];
}

/** Throws InvalidConfiguration for an API that others could reach without a secret. */
export function refuseOpenDoor({ api, accounts }: Pick<Config, 'api' | 'accounts'>): void {
  const problem = exposureProblem(
    api.host,
    accounts.flatMap(({ keys }) => keys),
  );
  if (problem !== undefined) throw new DroverError('InvalidConfiguration', problem);
}
