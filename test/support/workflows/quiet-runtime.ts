import { DefaultLogger, Runtime } from '@temporalio/worker';

/** Worker chatter hides what a failing test says. Imported for this alone, before any connection is made. */
Runtime.install({
  logger: new DefaultLogger('ERROR'),
  telemetryOptions: { logging: { filter: { core: 'ERROR', other: 'ERROR' } } },
});
