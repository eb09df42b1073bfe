import type { JsonObject } from '../../contracts/job';
import { type BenchStack, cpuSince, STUB_BUCKETS, withStack } from '../harness';
import { putManifest } from '../objects';
import { atLeast, type BenchPart, type Context, number, type PartResult } from '../part';
import { JobRunner } from './jobs';
import { stubCounts } from './large';

const WARM_UP_TASKS = 1_000;
const INVOCATIONS_PER_SECOND = 1_000;

const FUNCTION = { FunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:content' };
const KINDS: readonly { readonly name: string; readonly element: JsonObject }[] = [
  { name: 'one task each', element: { LambdaInvoke: FUNCTION } },
  { name: '10 tasks each', element: { LambdaInvoke: { ...FUNCTION, TasksPerInvocation: 10 } } },
];

/** A function that answers at once: what is left is Drover's own time. */
export const invoke: BenchPart = {
  name: 'invoke',
  summary: 'LambdaInvoke of a function that answers at once',
  run: (context) => withStack(context, { stub: 'whole' }, (stack) => measure(context, stack)),
};

async function measure({ sizes, lifetime }: Context, stack: BenchStack): Promise<PartResult> {
  const tasks = sizes.operationTasks;
  const runner = new JobRunner(stack);
  const rows: string[][] = [];
  const data: Record<string, unknown> = {};
  const rates: number[] = [];
  try {
    const warmUp = await putManifest(stack.storeConfig, STUB_BUCKETS.source, WARM_UP_TASKS);
    for (const { element } of KINDS) await runner.runOperation(element, warmUp);
    const manifest = await putManifest(stack.storeConfig, STUB_BUCKETS.source, tasks);
    for (const { name, element } of KINDS) {
      const counted = await stubCounts(stack);
      const used = cpuSince(stack);
      const { totalSeconds } = await runner.runOperation(element, manifest);
      const invocations = (await stubCounts(stack)).invocations - counted.invocations;
      const cpuMs = (used('worker') / tasks) * 1_000;
      rates.push(invocations / totalSeconds);
      rows.push([name, number(invocations / totalSeconds), number(tasks / totalSeconds), number(cpuMs, 3)]);
      data[name] = { totalSeconds, invocations, workerCpuMsPerTask: cpuMs };
      lifetime.say(`invoke: ${name}: ${number(tasks / totalSeconds)} tasks/s`);
    }
  } finally {
    runner.close();
  }
  return {
    tables: [
      {
        title: `${number(tasks)} tasks, create to Complete`,
        columns: ['', 'invocations/s', 'tasks/s', 'worker CPU ms/task'],
        rows,
      },
    ],
    goals: [atLeast('invocations, one task each', rates[0] ?? Number.NaN, INVOCATIONS_PER_SECOND, '/s')],
    notes: [`the function service is ${stack.stub ?? ''} on the same two cores as everything else`],
    data: { tasks, ...data },
  };
}
