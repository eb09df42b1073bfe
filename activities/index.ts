import type { Activities } from '../contracts/activities';
import { checkRestoresActivity } from './check-restores';
import type { ActivityDependencies } from './dependencies';
import { reportingFailures } from './failure';
import { JobSpecs } from './job-spec';
import { prepareManifestActivity } from './prepare-manifest';
import { runBatchActivity } from './run-batch';
import { writeChunkReportActivity } from './write-chunk-report';
import { writeReportActivity } from './write-report';

export type { ActivityDependencies } from './dependencies';

export function createActivities(dependencies: ActivityDependencies): Activities {
  const specs = new JobSpecs(dependencies.stores);
  return {
    prepareManifest: reportingFailures(prepareManifestActivity(dependencies, specs)),
    runBatch: reportingFailures(runBatchActivity(dependencies, specs)),
    writeChunkReport: reportingFailures(writeChunkReportActivity(dependencies, specs)),
    checkRestores: reportingFailures(checkRestoresActivity(dependencies, specs)),
    writeReport: reportingFailures(writeReportActivity(dependencies, specs)),
  };
}
