import type { Setup } from '../setup';

export const setup: Setup = {
  needed: [],
  method: 'invoke',
  objectNotNeeded: true,
  done: ({ functions }, task) =>
    functions.requests.some(
      ({ tasks }) => tasks[0]?.s3Key === task.manifestKey && tasks[0].s3VersionId === (task.versionId ?? null),
    ),
  invalid: [
    [{}, 'FunctionArn'],
    [{ FunctionArn: 'not a function' }, 'FunctionArn'],
    [{ FunctionArn: 'f', InvocationSchemaVersion: '3.0' }, 'InvocationSchemaVersion'],
    [{ FunctionArn: 'f', UserArguments: { a: 'b' } }, 'UserArguments'],
  ],
};
