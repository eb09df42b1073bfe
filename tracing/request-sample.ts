import { type Span, SpanKind, SpanStatusCode, trace, type Tracer } from '@opentelemetry/api';
import type { RequestSpan, RequestSpans } from '../storage/request-spans';
import { StoreError } from '../storage/store-error';

/**
 * A share of the requests that are sent for a job with a trace, each a span below its batch. Bucket and call are named as in
 * OpenTelemetry's conventions for AWS; keys of objects are not.
 */
export class RequestSample implements RequestSpans {
  constructor(
    private readonly tracer: Tracer,
    private readonly share: number,
    private readonly random: () => number = Math.random,
  ) {}

  begin(operation: string, resource: string): RequestSpan | undefined {
    // First what costs least: nearly every request ends here.
    if (this.random() >= this.share) return undefined;
    if (trace.getActiveSpan()?.isRecording() !== true) return undefined;
    const attributes = { 'rpc.system': 'aws-api', 'rpc.method': operation, 'aws.s3.bucket': resource };
    return new SampledRequest(this.tracer.startSpan(operation, { kind: SpanKind.CLIENT, attributes }));
  }
}

class SampledRequest implements RequestSpan {
  private attempts = 0;

  constructor(private readonly span: Span) {}

  sent(): void {
    this.attempts += 1;
    this.span.addEvent('sent');
  }

  async over<Answer extends { readonly status: number }>(answer: Promise<Answer>): Promise<Answer> {
    try {
      const answered = await answer;
      this.span.setAttribute('http.response.status_code', answered.status);
      return answered;
    } catch (error) {
      this.failed(error);
      throw error;
    } finally {
      this.span.setAttribute('drover.attempts', this.attempts);
      this.span.end();
    }
  }

  private failed(error: unknown): void {
    const code = error instanceof StoreError ? error.code : 'Aborted';
    if (error instanceof StoreError) this.span.setAttribute('http.response.status_code', error.httpStatus);
    this.span.setAttribute('error.type', code);
    this.span.setStatus({ code: SpanStatusCode.ERROR });
  }
}
