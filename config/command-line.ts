import { DroverError } from '../contracts/engine/failures';

/** For programs that are set up by configuration alone: a port or a flag that is given and ignored would mislead. */
export function refuseArguments(program: string, argv: readonly string[] = process.argv.slice(2)): void {
  if (argv.length === 0) return;
  const where = 'its settings come from the environment and drover.config.yaml (docs/run/configuration.md)';
  throw new DroverError('InvalidConfiguration', `${program} takes no arguments: ${where}`);
}
