import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { readJobSearch } from './pages/jobs/search';
import { readNewJobSearch } from './pages/new-job/search';
import { readSearch, writeSearch } from './parts/address';
import { PageFailure } from './shell/page-failure';
import { PageNotFound } from './shell/page-not-found';
import { Shell } from './shell/shell';

const root = createRootRoute({ component: Shell, notFoundComponent: PageNotFound, errorComponent: PageFailure });

const start = createRoute({
  getParentRoute: () => root,
  path: '/',
  beforeLoad: () => {
    // The router's way to go elsewhere.
    // eslint-disable-next-line @typescript-eslint/only-throw-error
    throw redirect({ to: '/jobs' });
  },
});

const jobs = createRoute({
  getParentRoute: () => root,
  path: '/jobs',
  validateSearch: readJobSearch,
  component: lazyRouteComponent(() => import('./pages/jobs/jobs-page'), 'JobsPage'),
});

const newJob = createRoute({
  getParentRoute: () => root,
  path: '/new',
  validateSearch: readNewJobSearch,
  component: lazyRouteComponent(() => import('./pages/new-job/new-job-page'), 'NewJobPage'),
});

const job = createRoute({
  getParentRoute: () => root,
  path: '/jobs/$jobId',
  component: lazyRouteComponent(() => import('./pages/job/job-page'), 'JobPage'),
});

const schedules = createRoute({
  getParentRoute: () => root,
  path: '/schedules',
  component: lazyRouteComponent(() => import('./pages/schedules/schedules-page'), 'SchedulesPage'),
});

const system = createRoute({
  getParentRoute: () => root,
  path: '/system',
  component: lazyRouteComponent(() => import('./pages/system/system-page'), 'SystemPage'),
});

export const router = createRouter({
  routeTree: root.addChildren([start, jobs, job, newJob, schedules, system]),
  parseSearch: readSearch,
  stringifySearch: writeSearch,
  defaultErrorComponent: PageFailure,
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
