import { openApiDocument } from '../openapi';
import type { Route } from '../route';
import { changeJobRoutes } from './change-job';
import { createJobRoute } from './create-job';
import type { JobRouteDeps } from './deps';
import { describeJobRoute } from './describe-job';
import { getReportRoute } from './get-report';
import { jobTagsRoutes } from './job-tags';
import { countJobsRoute, listJobsRoute } from './list-jobs';
import { listOperationsRoute } from './list-operations';
import { listVaultsRoute } from './list-vaults';
import { openApiRoute } from './openapi';
import { previewSourceRoute } from './preview-source';
import { putManifestRoute } from './put-manifest';
import { reportRowsRoutes } from './report-rows';
import { retryJobRoute } from './retry-job';
import { setLimitsRoute } from './set-limits';
import { setPriorityRoute } from './set-priority';

/** Every call of REST, in the order of the documentation; `more` are those of other rooms of the API. */
export function restRoutes(deps: JobRouteDeps, more: readonly Route[] = []): readonly Route[] {
  const routes: Route[] = [
    createJobRoute(deps),
    putManifestRoute(deps),
    previewSourceRoute(deps),
    listVaultsRoute(deps),
    listJobsRoute(deps),
    countJobsRoute(deps),
    describeJobRoute(deps),
    ...changeJobRoutes(deps),
    retryJobRoute(deps),
    setPriorityRoute(deps),
    setLimitsRoute(deps),
    ...jobTagsRoutes(deps),
    getReportRoute(deps),
    ...reportRowsRoutes(deps),
    ...more,
    listOperationsRoute(),
  ];
  let document: unknown;
  routes.push(openApiRoute(() => (document ??= openApiDocument(routes))));
  return routes;
}
