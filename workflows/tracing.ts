import { defaultPayloadConverter } from '@temporalio/common';
import type * as Tracing from '@temporalio/interceptors-opentelemetry/lib/workflow';
import type { WorkflowInterceptors, WorkflowOutboundCallsInterceptor } from '@temporalio/workflow';
import { isSampledHeader, TRACE_HEADER, type TraceContext } from '../contracts/engine/trace-header';

/**
 * Spans of a workflow, by Temporal's own interceptors, for a workflow that was started with a trace. The header stands in the
 * history: whoever replays it decides as the first run did, whether tracing is on or off by then. Other workflows do not even load
 * the library, which would cost each of them some milliseconds.
 */
export function interceptors(): WorkflowInterceptors {
  let spans: Spans | undefined;
  return {
    inbound: [
      {
        execute: (input, next) => {
          if (!isSampledHeader(input.headers)) return next(input);
          spans = loadSpans();
          return spans.inbound.execute(input, next);
        },
      },
    ],
    outbound: [outboundOf(() => spans?.outbound)],
    internals: [
      {
        dispose: (input, next) => {
          if (spans === undefined) next(input);
          else void spans.internals.dispose(input, next);
        },
      },
    ],
  };
}

let begun: TraceContext | undefined;

/** From now on, children of this workflow begin with the trace, which it has no part in. */
export function traceChildren(trace: TraceContext): void {
  begun = trace;
}

function withTrace(headers: Headers): Headers {
  return begun === undefined ? headers : { ...headers, [TRACE_HEADER]: defaultPayloadConverter.toPayload(begun) };
}

type Headers = Parameters<NonNullable<WorkflowOutboundCallsInterceptor['startChildWorkflowExecution']>>[0]['headers'];
type Spans = ReturnType<typeof loadSpans>;

function outboundOf(outbound: () => Spans['outbound'] | undefined): WorkflowOutboundCallsInterceptor {
  return {
    scheduleActivity: (input, next) => outbound()?.scheduleActivity(input, next) ?? next(input),
    scheduleLocalActivity: (input, next) => outbound()?.scheduleLocalActivity(input, next) ?? next(input),
    startChildWorkflowExecution: (input, next) =>
      outbound()?.startChildWorkflowExecution(input, next) ?? next({ ...input, headers: withTrace(input.headers) }),
    continueAsNew: (input, next) => outbound()?.continueAsNew(input, next) ?? next(input),
    getLogAttributes: (input, next) => outbound()?.getLogAttributes(input, next) ?? next(input),
  };
}

function loadSpans() {
  // A module is evaluated once for each workflow, where it is asked for.
  // eslint-disable-next-line no-restricted-globals, @typescript-eslint/no-require-imports
  const library = require('@temporalio/interceptors-opentelemetry/lib/workflow') as typeof Tracing;
  return {
    inbound: new library.OpenTelemetryInboundInterceptor(),
    outbound: new library.OpenTelemetryOutboundInterceptor(),
    internals: new library.OpenTelemetryInternalsInterceptor(),
  };
}
