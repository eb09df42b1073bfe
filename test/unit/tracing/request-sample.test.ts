/** Goal: a sample of a traced job's requests gets spans, and nothing else does. Method: the SDK's provider, with an exporter in memory. */
import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { StoreError } from '../../../storage/store-error';
import { RequestSample } from '../../../tracing/request-sample';

const exporter = new InMemorySpanExporter();
const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
provider.register({ contextManager: new AsyncLocalStorageContextManager().enable() });
const tracer = provider.getTracer('test');

afterEach(() => exporter.reset());

function inBatch<T>(work: () => T): T {
  return context.with(trace.setSpan(context.active(), tracer.startSpan('batch')), work);
}

test('a request in the sample is a span with its attempts and its end; it settles as the request does', async () => {
  const sample = new RequestSample(tracer, 1);
  const told = inBatch(() => sample.begin('PutObject', 'herd'));
  told?.sent();
  told?.sent();
  await expect(told?.over(Promise.resolve({ status: 200 }))).resolves.toEqual({ status: 200 });
  const refused = inBatch(() => sample.begin('GetObject', 'herd'));
  const error = new StoreError('NoSuchKey', 404, 'The specified key does not exist: a secret plan');
  await expect(refused?.over(Promise.reject(error))).rejects.toBe(error);
  const spans = exporter.getFinishedSpans().map(({ name, attributes }) => ({ name, ...attributes }));
  expect(spans).toEqual([
    expect.objectContaining({
      name: 'PutObject',
      'aws.s3.bucket': 'herd',
      'http.response.status_code': 200,
      'drover.attempts': 2,
    }),
    expect.objectContaining({ name: 'GetObject', 'http.response.status_code': 404, 'error.type': 'NoSuchKey' }),
  ]);
  expect(JSON.stringify(spans)).not.toContain('secret plan');
});

test('a request outside of the sample, or of a job without a trace, has no span', () => {
  expect(inBatch(() => new RequestSample(tracer, 0.5, () => 0.5).begin('PutObject', 'herd'))).toBeUndefined();
  expect(new RequestSample(tracer, 1).begin('PutObject', 'herd')).toBeUndefined();
});
