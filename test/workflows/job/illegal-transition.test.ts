/**
 * Goal: a job whose steps leave the table of transitions publishes nothing wrong and is not lost: its workflow task fails where
 * operators see it, and a release without the defect goes on with the job. Method: a workflow with such a defect on a real server,
 * then a worker of a mended release.
 */
import { randomUUID } from 'node:crypto';
import { jobWorkflowId } from '../../../contracts/engine/naming';
import type { JobSnapshot } from '../../../contracts/job';
import { temporalAddress } from '../../support/addresses';
import { eventually } from '../../support/eventually';
import { bundleOf } from '../../support/workflows/bundle-of';
import { easyActivities, jobInput, startWorkflowRunner } from '../../support/workflows/workflow-runner';

const releases = {
  defective: require.resolve('../../support/releases/defective'),
  mended: require.resolve('../../support/releases/mended'),
};

async function runnerOf(release: keyof typeof releases, prefix: string) {
  const workflowBundle = await bundleOf(releases[release]);
  return startWorkflowRunner(temporalAddress(), easyActivities(1), {
    worker: { workflowBundle },
    prefix,
    queue: 'jobs',
  });
}

test('an illegal transition stops the job without losing it', async () => {
  const prefix = `test-${randomUUID()}`;
  const defective = await runnerOf('defective', prefix);
  const input = jobInput();
  const handle = await defective.start(input);
  await handle.signal('goOn');
  const failures = await eventually(
    async () => ((await handle.fetchHistory()).events ?? []).map((event) => event.workflowTaskFailedEventAttributes),
    (events) => events.some(Boolean),
  );
  expect(failures.find(Boolean)?.failure?.message).toContain("can't go from Preparing to Complete");
  const stuck = await handle.describe();
  expect(stuck.status.name).toBe('RUNNING');
  expect((stuck.memo as { snapshot: JobSnapshot }).snapshot.status).toBe('Preparing');
  await defective.close();

  const mended = await runnerOf('mended', prefix);
  const job = mended.client.workflow.getHandle(jobWorkflowId(input.jobId));
  await job.result();
  expect(((await job.describe()).memo as { snapshot: JobSnapshot }).snapshot.status).toBe('Ready');
  await mended.close();
}, 90_000);
