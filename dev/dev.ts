import { loadDevConfig } from '../config/dev';
import { runUntilStopped } from './lifetime';
import { startStack, type Stack } from './stack';

/** `npm run dev`: the whole stack until Ctrl-C, on data that stays. */
runUntilStopped(async (lifetime) => {
  const dev = loadDevConfig();
  const supervisor = lifetime.supervise(dev.home);
  const stack = await startStack({ dev, supervisor });
  lifetime.say(summary(stack, dev.home));
  await lifetime.stopped;
});

function summary(stack: Stack, home: string): string {
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
    `  data, logs                 ${home}`,
    'Ctrl-C stops everything; the next start carries on.',
  ];
  return lines.join('\n');
}
