import type { Setup } from '../setup';

export const setup: Setup = {
  needed: [],
  method: 'invoke',
  objectNotNeeded: true,
  done: ({ functions }, task) =>
    functions.requests.some(({ tasks }) =>
      tasks.some((one) => one.s3Key === task.manifestKey && one.s3VersionId === (task.versionId ?? null)),
    ),
  invalid: [
    [{}, 'FunctionArn'],
    [{ FunctionArn: 'not a function' }, 'FunctionArn'],
    [{ FunctionArn: 'f', InvocationSchemaVersion: '3.0' }, 'InvocationSchemaVersion'],
    [{ FunctionArn: 'f', UserArguments: { a: 'b' } }, 'UserArguments'],
    [{ FunctionArn: 'f', InvocationSchemaVersion: '2.0', UserArguments: {} }, 'UserArguments'],
    [{ FunctionArn: 'f', TasksPerInvocation: 0 }, 'TasksPerInvocation'],
    [{ FunctionArn: 'f', TasksPerInvocation: 1_001 }, 'TasksPerInvocation'],
    [{ FunctionArn: 'f', TasksPerInvocation: 1.5 }, 'TasksPerInvocation'],
    [{ FunctionArn: 'f', TrustMissingResults: true }, 'TrustMissingResults'],
  ],
  group: { method: 'invoke', parameters: { FunctionArn: 'f', TasksPerInvocation: 10 } },
};
