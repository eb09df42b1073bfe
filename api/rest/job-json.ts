import { adviceFor } from '../../contracts/engine/failures';
import { jobArn, jobWorkflowId } from '../../contracts/engine/naming';
import type { Tag } from '../../contracts/job';
import type { JobDescription, JobView } from '../jobs/job-service';

/** Where the Temporal UI is, for links. */
export interface TemporalUi {
  readonly url: string;
  readonly namespace: string;
}

/** One job as REST shows it, in lists without its request and tags. Members under `request` are those of CreateJob; the rest is Drover's own, in camelCase. */
export function jobJson(view: JobView | JobDescription, temporalUi: TemporalUi | undefined, tags?: readonly Tag[]) {
  const { snapshot, progress } = view;
  return {
    jobId: view.jobId,
    jobArn: jobArn(view.region, view.account, view.jobId),
    account: view.account,
    operation: view.operation,
    description: view.description,
    status: snapshot.status,
    priority: snapshot.priority,
    limits: snapshot.limits,
    pausedBy: snapshot.pausedBy,
    tags,
    createdAt: view.createdAt,
    states: 'request' in view ? snapshot.states : undefined,
    suspendedAt: snapshot.suspendedAt,
    terminatedAt: snapshot.terminatedAt,
    statusUpdateReason: snapshot.statusUpdateReason,
    waitingFor: snapshot.waitingFor,
    failureReasons: snapshot.failureReasons.map((reason) => ({ ...reason, Advice: adviceFor(reason.FailureCode) })),
    progress: {
      ...progress,
      skipped: progress.skipped ?? 0,
      activeSeconds: Math.round(progress.activeSeconds * 10) / 10,
    },
    preparing: snapshot.preparing,
    reportManifestKey: snapshot.reportManifestKey,
    generatedManifest: snapshot.generatedManifest,
    request: 'request' in view ? view.request : undefined,
    temporalUrl:
      temporalUi === undefined
        ? undefined
        : `${temporalUi.url.replace(/\/$/, '')}/namespaces/${encodeURIComponent(temporalUi.namespace)}/workflows/${jobWorkflowId(view.jobId)}`,
  };
}
