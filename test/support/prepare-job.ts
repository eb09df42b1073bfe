import type { PlannedSource, PreparedManifest, PreparedPart, SealManifestInput } from '../../contracts/activities';
import { activityEnvironment } from './activity-environment';
import type { JobFixture } from './job-fixture';

/** What the job's workflow does while it is Preparing, one part after the other. Rejects with what an activity rejects with. */
export async function prepareJob(fixture: JobFixture): Promise<PreparedManifest> {
  const read = await readJob(fixture);
  if (!('attempts' in read)) return read;
  return (await activityEnvironment().run(fixture.activities.sealManifest, read)) as PreparedManifest;
}

/** The same without the sealing: its input, or the manifest that was read in place. */
export async function readJob({
  activities,
  job,
  createdAt,
  request,
  plan: how,
}: JobFixture): Promise<PreparedManifest | SealManifestInput> {
  const environment = activityEnvironment();
  const input = { ...job, createdAt, request, plan: how };
  const planned = (await environment.run(activities.prepareManifest, input)) as PreparedManifest | PlannedSource;
  if (!('parts' in planned)) return planned;
  const { plan } = planned;
  const attempts: string[] = [];
  for (let part = 0; part < planned.parts; part++) {
    const read = (await environment.run(activities.preparePart, { ...job, plan, part })) as PreparedPart;
    attempts.push(read.attempt);
  }
  return { ...job, plan, attempts };
}
