/**
 * Goal: tasks whose time has not come wait without events and without a worker; a pause takes hold meanwhile, and nothing is done
 * twice. Method: archives of the strict vault server, whose retrievals take seconds, on a real Temporal server.
 */
import { WorkflowNotFoundError } from '@temporalio/client';
import { MESSAGES } from '../../../contracts/engine/messages';
import { chunkWorkflowId } from '../../../contracts/engine/naming';
import { temporalAddress } from '../../support/addresses';
import { eventually } from '../../support/eventually';
import { jobFixture } from '../../support/job-fixture';
import { vaultsAt } from '../../support/vault-server/client';
import { startVaultServer, type VaultServer } from '../../support/vault-server/server';
import { jobInput, startWorkflowRunner, type WorkflowRunner } from '../../support/workflows/workflow-runner';

const ARCHIVES = 10;
const OPERATION = {
  GlacierRetrieveArchive: { TargetResource: 'arn:aws:s3:::target', LookSeconds: 1, MaxRetrievalsInFlight: 4 },
};

let server: VaultServer;
let runner: WorkflowRunner;
let close: () => Promise<void>;

async function startJob(retrievalMs: number) {
  server = await startVaultServer({ tierMs: { Standard: retrievalMs } });
  server.model.createVault('photos');
  const ids = Array.from({ length: ARCHIVES }, (_, i) => server.model.store('photos', `body ${i}`).id);
  const client = vaultsAt(server.endpoint);
  const manifest = ids.map((id) => `photos,${id}\n`).join('');
  const fixture = jobFixture({ rows: 0, operation: OPERATION, manifest, vaults: client.vaults });
  runner = await startWorkflowRunner(temporalAddress(), fixture.activities);
  close = async () => {
    await runner.close();
    await client.close();
    await server.close();
  };
  const input = jobInput({ request: fixture.request, plan: fixture.plan });
  return { handle: await runner.start(input), input, fixture };
}

afterEach(() => close());

/** What Temporal tells of the batch; nothing before there is one. */
async function pendingOf(jobId: string) {
  const chunk = runner.client.workflow.getHandle(chunkWorkflowId(jobId, 0));
  const description = await chunk.describe().catch((error: unknown) => {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  });
  const [activity] = description?.raw.pendingActivities ?? [];
  return { attempt: activity?.attempt ?? 0, said: activity?.lastFailure?.message ?? '' };
}

test('waiting adds no event, says what is waited for, and ends with a row for each archive', async () => {
  const { handle, input, fixture } = await startJob(2_000);
  const { said } = await eventually(
    () => pendingOf(input.jobId),
    ({ attempt }) => attempt >= 3,
  );
  expect(said).toMatch(/^\d of 10 wait for their (retrieval|turn).*Next look 20..-..-.. ..:.. UTC$/);
  expect(await handle.result()).toMatchObject({ status: 'Complete', tally: { succeeded: ARCHIVES, failed: 0 } });
  expect(server.model.retrievals).toHaveLength(ARCHIVES);
  expect(server.served).toHaveLength(ARCHIVES);
  expect(fixture.store.keys('target')).toHaveLength(ARCHIVES);
  const { events = [] } = await runner.client.workflow.getHandle(chunkWorkflowId(input.jobId, 0)).fetchHistory();
  const scheduled = (events ?? []).filter(
    (event) => event.activityTaskScheduledEventAttributes?.activityType?.name === 'runBatch',
  );
  expect(scheduled).toHaveLength(1);
  expect((events ?? []).length).toBeLessThan(25);
});

test('a pause ends the wait at once, and what was started is gone on with', async () => {
  const { handle, input } = await startJob(60_000);
  await eventually(
    () => pendingOf(input.jobId),
    ({ said }) => said.includes('their retrieval'),
  );
  await handle.signal(MESSAGES.pause);
  await eventually(
    () => runner.snapshot(input.jobId),
    ({ status }) => status === 'Paused',
    6_000,
  );
  expect(server.model.retrievals).toHaveLength(4);
  server.model.advance(60_000);
  await handle.signal(MESSAGES.resume);
  await eventually(
    () => Promise.resolve(server.model.retrievals.length),
    (started) => started === 8,
  );
  server.model.advance(60_000);
  await eventually(
    () => Promise.resolve(server.model.retrievals.length),
    (started) => started === ARCHIVES,
  );
  server.model.advance(60_000);
  expect(await handle.result()).toMatchObject({ status: 'Complete', tally: { succeeded: ARCHIVES } });
  expect(server.served).toHaveLength(ARCHIVES);
});
