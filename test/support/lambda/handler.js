/** Handlers as users write them for S3 Batch Operations, both invocation schemas. */
'use strict';

const attempts = new Map();

/**
 * Answers by key: `permanent…` fails for good, `temporary-N…` is refused N times and then succeeds, `slow…` exceeds the time
 * allowed; the rest succeeds and tells what it was given.
 */
exports.tagger = async (event) => ({
  invocationSchemaVersion: event.invocationSchemaVersion,
  treatMissingKeysAs: 'PermanentFailure',
  invocationId: event.invocationId,
  results: await Promise.all(event.tasks.map((task) => result(task, event))),
});

async function result(task, event) {
  const { taskId, s3Key } = task;
  if (s3Key.startsWith('permanent')) {
    return { taskId, resultCode: 'PermanentFailure', resultString: `refused ${s3Key}` };
  }
  if (s3Key.startsWith('slow')) await new Promise((resolve) => setTimeout(resolve, 5_000));
  const [, refusals = '0'] = /^temporary-(\d+)/.exec(s3Key) ?? [];
  const seen = attempts.get(taskId) ?? 0;
  attempts.set(taskId, seen + 1);
  if (seen < Number(refusals)) return { taskId, resultCode: 'TemporaryFailure', resultString: `attempt ${seen + 1}` };
  const bucket = task.s3Bucket ?? task.s3BucketArn;
  const told = JSON.stringify({
    bucket,
    key: s3Key,
    versionId: task.s3VersionId,
    arguments: event.job.userArguments ?? null,
  });
  return { taskId, resultCode: 'Succeeded', resultString: told };
}

exports.broken = async () => {
  throw new Error('the handler threw');
};

exports.prose = async () => 'done, thanks';

/** Leaves every task out, without saying how that is meant. */
exports.forgetful = async (event) => ({
  invocationSchemaVersion: event.invocationSchemaVersion,
  invocationId: event.invocationId,
  results: [],
});

/** Says how many tasks it was given at once; leaves out keys that begin with `forgotten`, and says of them what it was told. */
exports.counter = async (event) => ({
  invocationSchemaVersion: event.invocationSchemaVersion,
  treatMissingKeysAs: event.job.userArguments?.missing,
  invocationId: event.invocationId,
  results: await Promise.all(
    event.tasks
      .filter(({ s3Key }) => !s3Key.startsWith('forgotten'))
      .map(async (task) => {
        const { resultCode } = await result(task, event);
        return { taskId: task.taskId, resultCode, resultString: `one of ${event.tasks.length}` };
      }),
  ),
});

/** Begins the work and does not wait for it: the answer comes before there are results. */
exports.hasty = async (event) => {
  void Promise.all(event.tasks.map((task) => result(task, event)));
};
