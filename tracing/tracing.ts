import type { WorkflowClientInterceptor } from '@temporalio/client';
import type { OpenTelemetrySinks } from '@temporalio/interceptors-opentelemetry/lib/workflow/definitions';
import type { ActivityInterceptorsFactory, InjectedSinks } from '@temporalio/worker';
import type { Config } from '../config/config';
import type { TraceContext } from '../contracts/engine/trace-header';
import type { Logger, Service } from '../logging/logger';
import type { RequestSpans } from '../storage/request-spans';
import type * as OpenTracing from './open-tracing';

export interface TracedJob {
  readonly account: string;
  readonly jobId: string;
}

/** Spans of one process, sent to an OTLP receiver. */
export interface Tracing {
  /** A client that begins a trace with each job that it starts. */
  readonly client: WorkflowClientInterceptor;
  /** A span for each attempt of an activity whose job has a trace. */
  readonly activity: ActivityInterceptorsFactory;
  /** Takes the spans that workflows have ended. */
  readonly sinks: InjectedSinks<OpenTelemetrySinks>;
  readonly requests: RequestSpans;
  /** Begins a trace for a job that no client starts, if it is to have one. */
  readonly beginJob: (job: TracedJob) => TraceContext | undefined;
  /** Sends what is left. Never rejects. */
  close(): Promise<void>;
}

/** For a worker that does not trace, while a workflow that was begun with a trace goes on there. */
export const NO_SINKS: InjectedSinks<OpenTelemetrySinks> = { exporter: { export: { fn: () => undefined } } };

/** Undefined when the configuration wants no traces; then not even the library is loaded. */
export function startTracing(service: Service, { traces }: Pick<Config, 'traces'>, log: Logger): Tracing | undefined {
  if (traces === undefined) return undefined;
  // A tenth of a second of CPU, which who traces nothing need not pay.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { openTracing } = require('./open-tracing') as typeof OpenTracing;
  return openTracing(service, traces, log);
}
