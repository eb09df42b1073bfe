import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace-base';

/**
 * Spans on their way out of workflows. Temporal's sink adds all that it knows of the workflow to each, its memo with the request
 * included: what identifies it stays, under the names that the spans of activities have.
 */
export class WorkflowSpans implements SpanProcessor {
  constructor(private readonly processor: SpanProcessor) {}

  onStart(): void {
    // They have ended before they come here.
  }

  onEnd(span: ReadableSpan): void {
    const { workflowId, runId, workflowType } = span.attributes;
    const attributes = { temporalWorkflowId: workflowId, run_id: runId, temporalWorkflowType: workflowType };
    this.processor.onEnd({ ...span, attributes });
  }

  forceFlush(): Promise<void> {
    return this.processor.forceFlush();
  }

  /** The processor is not its own. */
  shutdown(): Promise<void> {
    return this.forceFlush();
  }
}
