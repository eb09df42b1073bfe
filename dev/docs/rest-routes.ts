import { restRoutes } from '../../api/rest/routes';
import type { JobRouteDeps } from '../../api/rest/routes/deps';
import { pauseAllRoutes } from '../../api/rest/routes/pause-all';
import { type ScheduleRouteDeps, scheduleRoutes } from '../../api/rest/routes/schedules';
import { type SessionRouteDeps, sessionRoutes } from '../../api/rest/routes/session';
import { systemRoute, type SystemRouteDeps } from '../../api/rest/routes/system';

/** Every call of REST, to be described: routes ask for their services when they are called, and these are not. */
export const REST_ROUTES = restRoutes({} as JobRouteDeps, [
  ...pauseAllRoutes(undefined as never),
  ...scheduleRoutes({} as ScheduleRouteDeps),
  systemRoute({} as SystemRouteDeps),
  ...sessionRoutes({} as SessionRouteDeps),
]);
