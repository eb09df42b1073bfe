import { type DevConfig, loadDevConfig } from '../config/dev';
import { configFileIn } from '../config/file/config-file';
import { runUntilStopped } from './lifetime';
import { type Stack, startStack } from './stack';

/** `npm run dev`: the whole stack until Ctrl-C, on data that stays. */
runUntilStopped(async (lifetime) => {
  const dev = loadDevConfig();
  const present = dev.configFile === undefined ? configFileIn(process.cwd()) : undefined;
  if (present !== undefined) {
    lifetime.say(`${present} is left alone: the local stack reads a file that DROVER_CONFIG names`);
  }
  const supervisor = lifetime.supervise(dev.home);
  const stack = await startStack({ dev, supervisor });
  lifetime.say(summary(stack, dev));
  await lifetime.stopped;
});

function summary(stack: Stack, dev: DevConfig): string {
  const { config } = stack;
  const key = config.accounts[0]?.keys[0];
  const lines = [
    'ready',
    `  REST, S3 Control           ${stack.apiUrl}`,
    `  S3                         ${stack.s3Url}`,
    `  Temporal                   ${stack.temporalAddress}`,
    ...(stack.temporalUiUrl === undefined ? [] : [`  Temporal UI                ${stack.temporalUiUrl}`]),
    `  account                    ${config.accounts[0]?.id ?? ''}, role ${config.roles[0]?.arn ?? ''}`,
    `  access key                 ${key?.accessKeyId ?? ''}`,
    ...(dev.configFile === undefined ? [] : [`  configuration              ${dev.configFile}`]),
    `  data, logs                 ${dev.home}`,
    'Ctrl-C stops everything; the next start carries on.',
  ];
  return lines.join('\n');
}
