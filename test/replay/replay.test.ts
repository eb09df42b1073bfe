/**
 * Goal: workflows that are under way survive a new release. Method: histories recorded by a former version are replayed on
 * the present code; a change that would decide otherwise fails here. `DROVER_RECORD_HISTORIES=all npm test` records anew, which
 * is right only when no workflow of the former version can still be running. Names of scenarios, with commas between them,
 * record these alone.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { loadDevConfig } from '../../config/dev';
import { provideTemporal } from '../../dev/tools/temporal';
import { NO_SINKS } from '../../tracing/tracing';
import { temporalAddress } from '../support/addresses';
import { startWorkflowRunner, workflowBundle } from '../support/workflows/workflow-runner';
import { scenarios } from './scenarios';

const FOLDER = join(__dirname, 'histories');

const recorded = (process.env.DROVER_RECORD_HISTORIES ?? '').split(',');
const toRecord = scenarios().filter(({ name }) => recorded.includes('all') || recorded.includes(name));
if (toRecord.length > 0) {
  test.each(toRecord.map((scenario) => [scenario.name, scenario] as const))('record %s', async (name, scenario) => {
    const temporalCli = await provideTemporal(loadDevConfig());
    const runner = await startWorkflowRunner(temporalAddress(), scenario.activities);
    try {
      await scenario.drive(runner);
      for (const [part, workflowId] of Object.entries(scenario.workflowIds(scenario.input.jobId, runner.taskQueue))) {
        const at = ['--address', temporalAddress(), '--workflow-id', workflowId];
        const history = execFileSync(temporalCli, ['workflow', 'show', ...at, '--output', 'json']);
        await expectReplay(JSON.parse(history.toString()));
        writeFileSync(join(FOLDER, `${name}.${part}.json`), history);
      }
    } finally {
      await runner.close();
    }
  });
}

const files = readdirSync(FOLDER).filter((file) => file.endsWith('.json'));

function readHistory(file: string): unknown {
  return JSON.parse(readFileSync(join(FOLDER, file), 'utf8'));
}

test('there are histories to replay', () => {
  expect(files.length).toBeGreaterThanOrEqual(26);
});

test.each(files)('%s replays', (file) => expectReplay(readHistory(file)));

async function expectReplay(history: unknown): Promise<void> {
  const replay = Worker.runReplayHistory({ workflowBundle: workflowBundle(), sinks: NO_SINKS }, history);
  await expect(replay).resolves.toBeUndefined();
}

test('a history that the code would not produce is noticed', async () => {
  const history = readHistory('complete.job.json') as { events: { eventType: string }[] };
  const child = history.events.find(({ eventType }) =>
    eventType.includes('START_CHILD_WORKFLOW_EXECUTION_INITIATED'),
  ) as unknown as {
    startChildWorkflowExecutionInitiatedEventAttributes: { workflowId: string };
  };
  child.startChildWorkflowExecutionInitiatedEventAttributes.workflowId = 'another-child';
  const replay = Worker.runReplayHistory({ workflowBundle: workflowBundle() }, history);
  await expect(replay).rejects.toThrow(DeterminismViolationError);
});
