import type { Setup } from '../setup';

const Url = 'https://handlers.example.org/check?team=a';

export const setup: Setup = {
  needed: [],
  method: 'post',
  parameters: { Url },
  objectNotNeeded: true,
  done: ({ webhooks }, task) =>
    webhooks.requests.some(({ tasks }) =>
      tasks.some((one) => one.s3Key === task.manifestKey && one.s3VersionId === (task.versionId ?? null)),
    ),
  invalid: [
    [{}, 'Url'],
    [{ Url: '/check' }, 'Url'],
    [{ Url: 'ftp://handlers.example.org/' }, 'Url'],
    [{ Url: 'https://user:pass@handlers.example.org/' }, 'Url'],
    [{ Url: 'https://handlers.example.org/#check' }, 'Url'],
    [{ Url: `https://handlers.example.org/${'x'.repeat(2_048)}` }, 'Url'],
    [{ Url, InvocationSchemaVersion: '3.0' }, 'InvocationSchemaVersion'],
    [{ Url, UserArguments: { a: 'b' } }, 'UserArguments'],
    [{ Url, TasksPerInvocation: 0 }, 'TasksPerInvocation'],
    [{ Url, TimeoutSeconds: 0 }, 'TimeoutSeconds'],
    [{ Url, TimeoutSeconds: 901 }, 'TimeoutSeconds'],
    [{ Url, Secret: 's' }, 'Secret'],
  ],
  group: { method: 'post', parameters: { Url, TasksPerInvocation: 10 } },
};
