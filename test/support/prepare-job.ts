import type {
  Activities,
  PlannedSource,
  PreparedManifest,
  PreparedPart,
  PrepareManifestInput,
  PreparePartInput,
  SealManifestInput,
} from '../../contracts/engine/activities';
import { activityEnvironment } from './activity-environment';
import type { JobFixture } from './job-fixture';

/** What the job's workflow does while it is Preparing, one part after the other. Rejects with what an activity rejects with. */
export async function prepareJob(fixture: JobFixture): Promise<PreparedManifest> {
  const read = await readJob(fixture);
  if (!('attempts' in read)) return read;
  return activityEnvironment().run<[SealManifestInput], PreparedManifest, Activities['sealManifest']>(
    fixture.activities.sealManifest,
    read,
  );
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
  const planned = await environment.run<
    [PrepareManifestInput],
    PreparedManifest | PlannedSource,
    Activities['prepareManifest']
  >(activities.prepareManifest, input);
  if (!('parts' in planned)) return planned;
  const { plan } = planned;
  const attempts: string[] = [];
  for (let part = 0; part < planned.parts; part++) {
    const read = await environment.run<[PreparePartInput], PreparedPart, Activities['preparePart']>(
      activities.preparePart,
      {
        ...job,
        plan,
        part,
      },
    );
    attempts.push(read.attempt);
  }
  return { ...job, plan, attempts };
}
