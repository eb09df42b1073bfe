import { existsSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Command } from 'commander';
import { stringify } from 'yaml';
import type * as Checks from '../../checks';
import type { Config, StoreConfig } from '../../config/config';
import { loadConfigAndFile, loadConfigFile } from '../../config/load';
import { type Invocation } from '../context';
import { EXIT } from '../exit-codes';
import { Output, table } from '../output';
import { UsageError } from '../usage-error';

interface ProbeOptions {
  readonly file?: string;
  readonly bucket?: string;
  readonly prefix: string;
  readonly write?: string;
  readonly json?: boolean;
}

/** `drover store …`: like `drover config`, without the API. */
export function addStoreCommand(program: Command, invocation: Invocation): void {
  const store = program.command('store').description('Find out what a store understands').helpCommand(false);
  store
    .command('probe <name>')
    .description('Try with scratch objects what a store of the configuration understands, and print its profile')
    .option(
      '--bucket <bucket>',
      "bucket for the scratch objects (default: the first that the store names, or the workspace's)",
    )
    .option('--prefix <prefix>', 'prefix of the scratch objects, ending in /', 'drover-probe/')
    .option('--write <path>', 'also write the profile into a new file, as the configuration takes it')
    .option('--file <path>', 'configuration file (default: the one that API and workers load)')
    .action(async (name: string, _options: ProbeOptions, command: Command) => {
      const options = command.optsWithGlobals<ProbeOptions>();
      if (options.write !== undefined && existsSync(options.write)) throw new UsageError(`${options.write} exists`);
      const { config } =
        options.file === undefined ? loadConfigAndFile(invocation.env) : loadConfigFile(options.file, invocation.env);
      const target = targetOf(config, name, options);
      const output = new Output(invocation.terminal, options.json === true);
      output.note(`Probing ${name} with scratch objects in ${target.bucket}/${target.prefix}`);
      const result = await loadChecks().probeStore(config, target);
      const yaml = stringify({ stores: { [name]: { profile: result.profile } } });
      if (options.write !== undefined) writeFileSync(options.write, yaml, { flag: 'wx' });
      output.result({ store: name, bucket: target.bucket, ...result }, () => `${tableOf(result)}\n\n${yaml.trimEnd()}`);
      if (result.left.length > 0) output.note(`Not removed, do it by hand: ${result.left.join(', ')}`);
      invocation.exitCode = result.left.length > 0 ? EXIT.failed : EXIT.ok;
    });
}

function targetOf(config: Config, name: string, { bucket, prefix }: ProbeOptions): Checks.ProbeTarget {
  const store = config.stores.find((each) => each.name === name);
  if (store === undefined) {
    throw new UsageError(`no store ${name} in the configuration: ${config.stores.map((each) => each.name).join(', ')}`);
  }
  if (prefix !== '' && !prefix.endsWith('/')) throw new UsageError('--prefix must end in /');
  return { store, bucket: bucket ?? scratchBucket(config, store), prefix };
}

function scratchBucket({ workspace }: Config, { name, buckets }: StoreConfig): string {
  const named = buckets.find((bucket) => !bucket.includes('*'));
  const bucket = named ?? (workspace.store === name ? workspace.bucket : undefined);
  if (bucket === undefined) throw new UsageError(`the store ${name} names no bucket: give one with --bucket`);
  return bucket;
}

function tableOf({ findings }: Checks.ProbeResult): string {
  return table([['WHAT', 'VALUE', 'SEEN'], ...findings.map(({ name, value, seen }) => [name, value, seen])]);
}

/** The SDK takes long to load: other commands need not wait for it. */
function loadChecks(): typeof Checks {
  return createRequire(__filename)('../../checks') as typeof Checks;
}
