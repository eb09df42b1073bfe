import { collectDefaultMetrics, Registry } from 'prom-client';
import { packageVersion } from '../config/package-version';
import { type Family, register } from './family';

/**
 * The metrics of one process: `families`, those of the process itself (CPU, memory, event loop), and `drover_build_info`.
 * `service` is the name that the log has, too.
 */
export function createRegistry(service: string, families: readonly Family[]): Registry {
  const registry = new Registry();
  const labels = { service, version: packageVersion() };
  register(registry, [
    {
      name: 'drover_build_info',
      help: 'Always 1; the labels name program and version.',
      type: 'gauge',
      read: () => [{ labels, value: 1 }],
    },
    ...families,
  ]);
  collectDefaultMetrics({ register: registry });
  return registry;
}
