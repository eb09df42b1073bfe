import type { Activities } from '../contracts/engine/activities';
import { admitRunActivity } from './admit-run';
import { checkRestoresActivity } from './check-restores';
import { cleanWorkspaceActivity } from './cleaning/clean-workspace';
import { deliverEventActivity } from './deliver-event';
import type { ActivityDependencies } from './dependencies';
import { reportingFailures } from './failure';
import { giveUpUploadsActivity } from './give-up-uploads';
import { JobSpecs } from './job-spec';
import { prepareManifestActivity } from './preparing/prepare-manifest';
import { preparePartActivity } from './preparing/prepare-part';
import { sealManifestActivity } from './preparing/seal-manifest';
import { recoverBatchActivity } from './recover-batch';
import { resolveManifestActivity } from './resolve-manifest';
import { runBatchActivity } from './run-batch';
import { surveyFleetActivity } from './survey-fleet';
import { tellDispatcherActivity } from './tell-dispatcher';
import { tellPauseActivity } from './tell-pause';
import { tellSharesActivity } from './tell-shares';
import { lookAtWaitingActivity } from './waiting/look-at-waiting';
import { countingBatch, countingRows } from './work-meter';
import { writeChunkReportActivity } from './write-chunk-report';
import { writeReportActivity } from './write-report';

export type { ActivityDependencies, Fleet, JobRegister, KnownJob, Link, RunningJob } from './dependencies';

export function createActivities(dependencies: ActivityDependencies): Activities {
  const specs = new JobSpecs(dependencies);
  const { meter } = dependencies;
  return {
    deliverEvent: reportingFailures(deliverEventActivity(dependencies)),
    admitRun: reportingFailures(admitRunActivity(dependencies)),
    resolveManifest: reportingFailures(resolveManifestActivity(dependencies)),
    surveyFleet: reportingFailures(surveyFleetActivity(dependencies)),
    tellDispatcher: reportingFailures(tellDispatcherActivity(dependencies)),
    tellPause: reportingFailures(tellPauseActivity(dependencies)),
    tellShares: reportingFailures(tellSharesActivity(dependencies)),
    prepareManifest: reportingFailures(countingRows(meter, prepareManifestActivity(dependencies, specs))),
    preparePart: reportingFailures(countingRows(meter, preparePartActivity(dependencies, specs))),
    sealManifest: reportingFailures(sealManifestActivity(dependencies, specs)),
    runBatch: reportingFailures(countingBatch(meter, runBatchActivity(dependencies, specs))),
    recoverBatch: reportingFailures(recoverBatchActivity(dependencies, specs)),
    writeChunkReport: reportingFailures(writeChunkReportActivity(dependencies, specs)),
    checkRestores: reportingFailures(checkRestoresActivity(dependencies, specs)),
    lookAtWaiting: reportingFailures(lookAtWaitingActivity(dependencies, specs)),
    writeReport: reportingFailures(writeReportActivity(dependencies, specs)),
    giveUpUploads: reportingFailures(giveUpUploadsActivity(dependencies, specs)),
    cleanWorkspace: reportingFailures(cleanWorkspaceActivity(dependencies)),
  };
}
