import { exposureProblem } from '../../config/access/exposure';
import type { Config } from '../../config/config';
import { DroverError } from '../../contracts/engine/failures';

export { hostName, isLoopbackHost } from '../../config/access/exposure';

/** Throws InvalidConfiguration for an API that others could reach without a secret. */
export function refuseOpenDoor({ api, accounts }: Pick<Config, 'api' | 'accounts'>): void {
  const problem = exposureProblem(
    api.host,
    accounts.flatMap(({ keys }) => keys),
  );
  if (problem !== undefined) throw new DroverError('InvalidConfiguration', problem);
}
