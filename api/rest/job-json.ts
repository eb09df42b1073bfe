import { jobArn, jobWorkflowId } from '../../contracts/naming';
import type { JobView } from '../job-service';

/** One job as REST shows it. Members under `request` are those of CreateJob; the rest is Drover's own, in camelCase. */
export function jobJson(
  view: JobView,
  temporalUi: { url: string; namespace: string } | undefined,
): Record<string, unknown> {
  const { snapshot, progress } = view;
  return {
    jobId: view.jobId,
    jobArn: jobArn(view.region, view.account, view.jobId),
    account: view.account,
    operation: Object.keys(view.request.Operation)[0],
    description: view.request.Description,
    status: snapshot.status,
    priority: snapshot.priority,
    createdAt: view.createdAt,
    suspendedAt: snapshot.suspendedAt,
    terminatedAt: snapshot.terminatedAt,
    statusUpdateReason: snapshot.statusUpdateReason,
    waitingFor: snapshot.waitingFor,
    failureReasons: snapshot.failureReasons,
    progress: { ...progress, activeSeconds: Math.round(progress.activeSeconds * 10) / 10 },
    reportManifestKey: snapshot.reportManifestKey,
    request: view.request,
    temporalUrl:
      temporalUi === undefined
        ? undefined
        : `${temporalUi.url.replace(/\/$/, '')}/namespaces/${encodeURIComponent(temporalUi.namespace)}/workflows/${jobWorkflowId(view.jobId)}`,
  };
}
