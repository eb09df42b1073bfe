import { context, diag, DiagLogLevel, propagation, trace, type Tracer } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { setGlobalErrorHandler } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { Resource } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { WorkflowClientInterceptor } from '@temporalio/client';
import { OpenTelemetryWorkflowClientInterceptor } from '@temporalio/interceptors-opentelemetry/lib/client';
import {
  makeWorkflowExporter,
  OpenTelemetryActivityInboundInterceptor,
  OpenTelemetryActivityOutboundInterceptor,
} from '@temporalio/interceptors-opentelemetry/lib/worker';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import type { TracesConfig } from '../config/config';
import { packageVersion } from '../config/package-version';
import { WORKFLOW_TYPES } from '../contracts/engine/naming';
import { isSampledHeader, type TraceContext } from '../contracts/engine/trace-header';
import type { JobInput } from '../contracts/job';
import { LIMITS } from '../contracts/limits';
import type { Logger, Service } from '../logging/logger';
import { RequestSample } from './request-sample';
import type { TracedJob, Tracing } from './tracing';
import { WorkflowSpans } from './workflow-spans';

/** OpenTelemetry keeps one provider for each process: so this is to be called once. */
export function openTracing(service: Service, traces: TracesConfig, log: Logger): Tracing {
  tellTroubleIn(log);
  const resource = new Resource({ 'service.name': service, 'service.version': packageVersion() });
  const { url, headers } = traces;
  const processor = new BatchSpanProcessor(new OTLPTraceExporter({ url, headers: { ...headers } }));
  const provider = new BasicTracerProvider({ resource, spanProcessors: [processor] });
  provider.register({ contextManager: new AsyncLocalStorageContextManager().enable() });
  const tracer = provider.getTracer('drover', packageVersion());
  return {
    client: jobStarts(tracer, traces.jobShare),
    activity: activitySpans(tracer),
    sinks: { exporter: makeWorkflowExporter(new WorkflowSpans(processor), resource) },
    requests: new RequestSample(tracer, traces.requestShare),
    beginJob: (job) => beginJob(tracer, traces.jobShare, job),
    close: () => closed(provider, log),
  };
}

/** The client's other calls are no part of a job. */
function jobStarts(tracer: Tracer, share: number): WorkflowClientInterceptor {
  const spans = new OpenTelemetryWorkflowClientInterceptor({ tracer });
  return {
    startWithDetails: (input, next) => {
      if (input.workflowType !== WORKFLOW_TYPES.job || Math.random() >= share) return next(input);
      return spans.startWithDetails(input, (traced) => {
        const [job] = traced.options.args as [JobInput];
        trace.getActiveSpan()?.setAttributes({
          'drover.job_id': job.jobId,
          'drover.account': job.account,
          'drover.operation': job.plan.operation,
        });
        return next(traced);
      });
    },
  };
}

/** One span, which says what the client's says; the job's own are below it. */
export function beginJob(tracer: Tracer, share: number, { jobId, account }: TracedJob): TraceContext | undefined {
  if (Math.random() >= share) return undefined;
  const attributes = { 'drover.job_id': jobId, 'drover.account': account };
  const span = tracer.startSpan(`StartWorkflow:${WORKFLOW_TYPES.job}`, { root: true, attributes });
  const carrier: Record<string, string> = {};
  propagation.inject(trace.setSpan(context.active(), span), carrier);
  span.end();
  return carrier;
}

/** Without a trace there is no span: an activity would begin one of its own. */
function activitySpans(tracer: Tracer): ActivityInterceptorsFactory {
  return (activity) => {
    const inbound = new OpenTelemetryActivityInboundInterceptor(activity, { tracer });
    return {
      inbound: {
        execute: (input, next) => (isSampledHeader(input.headers) ? inbound.execute(input, next) : next(input)),
      },
      outbound: new OpenTelemetryActivityOutboundInterceptor(activity),
    };
  };
}

/** A receiver that is away refuses every batch of spans: the log tells it once in a while, and jobs go on. */
function tellTroubleIn(log: Logger): void {
  let toldAt = -Infinity;
  const tell = (error: unknown): void => {
    if (performance.now() - toldAt < LIMITS.trace.troubleToldMs) return;
    toldAt = performance.now();
    log.warn({ error }, 'traces could not be sent');
  };
  setGlobalErrorHandler(tell);
  const ignore = (): void => undefined;
  diag.setLogger({ error: tell, warn: tell, info: ignore, debug: ignore, verbose: ignore }, DiagLogLevel.WARN);
}

async function closed(provider: BasicTracerProvider, log: Logger): Promise<void> {
  const late = new Promise<void>((resolve) => setTimeout(resolve, LIMITS.trace.closeTimeoutMs).unref());
  const shutdown = provider.shutdown().catch((error: unknown) => log.warn({ error }, 'traces could not be sent'));
  await Promise.race([shutdown, late]);
}
