import { ApiRequests } from '../../metrics/api-requests';
import { installationFamilies } from '../../metrics/installation-families';
import { createRegistry } from '../../metrics/registry';
import { storeFamilies } from '../../metrics/store-families';
import { WorkMeter } from '../../metrics/work-meter';

/** Names of all that API and workers print of Drover. */
export function knownMetrics(): Set<string> {
  const registry = createRegistry('test', [
    ...storeFamilies({ figures: () => [] }),
    ...new WorkMeter(() => 's', 8).families,
    ...new ApiRequests().families,
    ...installationFamilies(() => Promise.reject(new Error('not asked'))),
  ]);
  const names = registry.getMetricsAsArray().flatMap(({ name, type }) => {
    const isHistogram = String(type) === 'histogram';
    return isHistogram ? ['_bucket', '_sum', '_count'].map((suffix) => name + suffix) : [name];
  });
  registry.clear();
  return new Set(names);
}

/** The metrics that an expression asks for, and what in it Prometheus's grammar does not know. With what Grafana fills in. */
export async function metricsIn(
  expression: string,
): Promise<{ readonly metrics: string[]; readonly errors: string[] }> {
  const { parser } = await import('@prometheus-io/lezer-promql');
  const text = expression.replaceAll('$__rate_interval', '1m');
  const metrics: string[] = [];
  const errors: string[] = [];
  parser.parse(text).iterate({
    enter: ({ type, from, to, node }) => {
      if (type.isError) errors.push(text.slice(Math.max(0, from - 10), to + 10));
      if (type.name === 'Identifier' && node.parent?.type.name === 'VectorSelector') metrics.push(text.slice(from, to));
    },
  });
  return { metrics, errors };
}
