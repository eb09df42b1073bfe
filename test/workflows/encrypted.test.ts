/**
 * Goal: with keys in the configuration, jobs run, are shown and are counted as without, and Temporal itself has nothing of them in
 * the clear that the keys are to hide. Method: service, schedules, workflows and worker with the codec on a real server; a
 * client without it looks at what is there.
 */
import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { TemporalJobService } from '../../api/jobs/job-service';
import { TemporalScheduleService } from '../../api/jobs/schedule-service';
import { TemporalJobs } from '../../api/temporal/jobs';
import { TemporalSchedules } from '../../api/temporal/schedules';
import { isTerminal } from '../../contracts/engine/lifecycle';
import { chunkWorkflowId, jobWorkflowId, temporalScheduleId } from '../../contracts/engine/naming';
import { dataConverterOption } from '../../temporal/payload-codec';
import { temporalAddress } from '../support/addresses';
import { eventually } from '../support/eventually';
import { easyActivities, PLAN, REQUEST, startWorkflowRunner } from '../support/workflows/workflow-runner';

const prefix = `test-${randomUUID()}`;
const account = String(randomInt(1e11, 1e12));
const converter = dataConverterOption({ payloadKeys: [randomBytes(32).toString('base64')] });
const SECRET = 'nobody-is-to-know';

test('a job and a schedule, from the request to the history', async () => {
  const connection = await Connection.connect({ address: temporalAddress() });
  const [client, stranger] = [new Client({ connection, ...converter }), new Client({ connection })];
  const runner = await startWorkflowRunner(temporalAddress(), easyActivities(3), { client, prefix, worker: converter });
  const gateway = new TemporalJobs(client, prefix);
  const parts = {
    heartbeatTimeoutMs: 20_000,
    region: 'us-east-1',
    workspace: { bucket: 'workspace', prefix: 'jobs/' },
    notifyTargets: () => [],
  };
  const service = new TemporalJobService({ gateway, flushedTally: () => Promise.resolve(undefined), ...parts });
  const request = {
    ...REQUEST,
    ClientRequestToken: randomUUID(),
    Description: SECRET,
    Tags: [{ Key: SECRET, Value: '' }],
  };
  const { jobId } = await service.createJob(account, { request, plan: PLAN });
  const ended = await eventually(
    () => service.describeJob(account, jobId),
    ({ snapshot }) => isTerminal(snapshot.status),
  );
  expect(ended).toMatchObject({ request, progress: { succeeded: 3_000 }, snapshot: { status: 'Complete' } });
  const page = await eventually(
    () => service.listJobs({ account, statuses: ['Complete'], maxResults: 10 }),
    ({ jobs }) => jobs.length === 1,
  );
  expect(page.jobs[0]).toMatchObject({ jobId, description: SECRET, progress: { succeeded: 3_000 } });
  expect((await gateway.recountJob(jobId)).tally).toEqual({ succeeded: 3_000, failed: 0, pending: 0 });
  const run = (await gateway.chunkRun(jobId, 0))!;
  expect((await gateway.recountChunk(jobId, 0, run)).tally.succeeded).toBeGreaterThan(0);
  expect((await gateway.chunkResult(jobId, 0, run)).succeeded).toBeGreaterThan(0);
  expect(await service.getTags(account, jobId)).toEqual(request.Tags);

  const schedules = new TemporalScheduleService({
    gateway: new TemporalSchedules(client, prefix),
    jobs: gateway,
    ...parts,
  });
  const { ClientRequestToken: _token, ...template } = request;
  await schedules.create(account, { scheduleId: 's', spec: { Cron: ['0 0 30 2 *'] }, template, plan: PLAN });
  const listed = await eventually(
    () => schedules.list({ account, maxResults: 10 }),
    (answer) => answer.schedules.length === 1,
  );
  expect(listed.schedules[0]).toMatchObject({ scheduleId: 's', description: SECRET });
  expect((await schedules.describe(account, 's')).template.Description).toBe(SECRET);

  const raw = [];
  for (const id of [jobWorkflowId(jobId), chunkWorkflowId(jobId, 0)]) {
    raw.push(await stranger.workflow.getHandle(id).fetchHistory());
    raw.push(
      (
        await stranger.workflow
          .getHandle(id)
          .describe()
          .catch(() => undefined)
      )?.raw,
    );
  }
  raw.push(
    await stranger.workflowService.describeSchedule({
      namespace: 'default',
      scheduleId: temporalScheduleId(account, 's'),
    }),
  );
  for (const answer of raw) expect(readable(answer)).not.toContain(SECRET);
  await schedules.delete(account, 's');
  await runner.close();
  await connection.close();
}, 120_000);

/** All bytes of an answer as text. */
function readable(answer: unknown): string {
  if (ArrayBuffer.isView(answer)) {
    return Buffer.from(answer.buffer, answer.byteOffset, answer.byteLength).toString('latin1');
  }
  if (typeof answer === 'object' && answer !== null) return Object.values(answer).map(readable).join('\n');
  return String(answer);
}
