/** Goal: a job that a schedule makes gets a trace of its own, or none, as its share has it. Method: the SDK's provider, with an exporter in memory. */
import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { isSampledHeader, TRACE_HEADER } from '../../../contracts/engine/trace-header';
import { beginJob } from '../../../tracing/open-tracing';

const exporter = new InMemorySpanExporter();
const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
provider.register({ contextManager: new AsyncLocalStorageContextManager().enable() });
const tracer = provider.getTracer('test');
const job = { account: '123456789012', jobId: 'j1' };

test('the trace is new, is told in full, and is what workflows take for one', () => {
  const around = trace.setSpan(context.active(), tracer.startSpan('around'));
  const begun = context.with(around, () => beginJob(tracer, 1, job));
  const [span, ...others] = exporter.getFinishedSpans();
  expect(others).toEqual([]);
  expect(span).toMatchObject({
    name: 'StartWorkflow:jobWorkflow',
    parentSpanId: undefined,
    attributes: { 'drover.job_id': 'j1', 'drover.account': '123456789012' },
  });
  const { traceId, spanId } = span!.spanContext();
  expect(begun).toEqual({ traceparent: `00-${traceId}-${spanId}-01` });
  expect(isSampledHeader({ [TRACE_HEADER]: { data: Buffer.from(JSON.stringify(begun)) } })).toBe(true);
});

test('a job that is not in the sample has none', () => {
  exporter.reset();
  expect(beginJob(tracer, 0, job)).toBeUndefined();
  expect(exporter.getFinishedSpans()).toEqual([]);
});
