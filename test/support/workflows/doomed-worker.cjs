/**
 * A worker that takes a batch, heartbeats the given details and never ends: something to kill.
 * Arguments: Temporal's address, the task queue, the details as JSON. Plain JavaScript, to be run without being compiled.
 */
'use strict';

const { Context } = require('@temporalio/activity');
const { DefaultLogger, NativeConnection, Runtime, Worker } = require('@temporalio/worker');

const [address, taskQueue, details] = process.argv.slice(2);

async function runBatch() {
  const context = Context.current();
  setInterval(() => context.heartbeat(JSON.parse(details)), 200);
  await new Promise(() => {});
}

async function main() {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const connection = await NativeConnection.connect({ address });
  const throttle = { maxHeartbeatThrottleInterval: 500, defaultHeartbeatThrottleInterval: 500 };
  const worker = await Worker.create({ connection, taskQueue, activities: { runBatch }, ...throttle });
  await worker.run();
}

main().catch((error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
