// Goal: the cost that the benchmark reports is the one that Temporal would bill. Method: hand-made histories and a metrics page
// as the server writes it, with the counts worked out by hand.
import {
  countActions,
  countEvents,
  type HistoryEvent,
  serverActions,
  statusTimes,
  sumMetric,
  totalActions,
} from '../../../bench/suites/temporal-cost';
import { SEARCH_ATTRIBUTES } from '../../../contracts/engine/naming';

function event(attributes: object, second = 0): HistoryEvent {
  return { eventTime: { seconds: second, nanos: 500_000_000 }, ...attributes } as unknown as HistoryEvent;
}

function statusEvent(status: string, second: number): HistoryEvent {
  const indexedFields = { [SEARCH_ATTRIBUTES.status]: { data: Buffer.from(JSON.stringify(status)) } };
  return event({ upsertWorkflowSearchAttributesEventAttributes: { searchAttributes: { indexedFields } } }, second);
}

const started = event({ workflowExecutionStartedEventAttributes: {} });
const scheduled = event({ activityTaskScheduledEventAttributes: {} });
const job = [
  started,
  statusEvent('Preparing', 10),
  scheduled,
  event({ activityTaskStartedEventAttributes: { attempt: 1 } }),
  statusEvent('Active', 12),
  event({ startChildWorkflowExecutionInitiatedEventAttributes: {} }),
  event({ workflowExecutionSignaledEventAttributes: {} }),
  event({ timerStartedEventAttributes: {} }),
  event({ workflowPropertiesModifiedEventAttributes: {} }),
  statusEvent('Completing', 15),
];
const chunk = [
  started,
  scheduled,
  scheduled,
  event({ activityTaskStartedEventAttributes: { attempt: 3 } }),
  event({ workflowExecutionContinuedAsNewEventAttributes: { newExecutionRunId: 'b' } }),
  started,
];

test('counts billable actions: two per child, each retry, and no start of a run that is paid for otherwise', () => {
  const counts = countActions({ job, children: [chunk] });
  expect(counts).toEqual({
    workflowStarts: 1,
    children: 2,
    continuedAsNew: 1,
    activities: 3,
    activityRetries: 2,
    timers: 1,
    signals: 1,
    searchAttributes: 3,
    memo: 1,
    markers: 0,
  });
  expect(totalActions(counts)).toBe(15);
});

test('counts the events of all histories', () => {
  expect(countEvents({ job, children: [chunk, chunk] })).toBe(10 + 2 * 6);
});

test('tells when a job came into each status', () => {
  expect([...statusTimes(job)]).toEqual([
    ['Preparing', 10_500],
    ['Active', 12_500],
    ['Completing', 15_500],
  ]);
});

describe("the server's counters", () => {
  const page = [
    '# TYPE action counter',
    'action{action_type="command_ScheduleActivityTask",namespace="default",service_name="history"} 51',
    'action{action_type="command_ScheduleActivityTask",namespace="temporal_system",service_name="history"} 7',
    'action{action_type="grpc_RecordActivityTaskHeartbeat",namespace="default",service_name="frontend"} 20',
    'action{action_type="grpc_RecordActivityTaskHeartbeat",namespace="default",service_name="frontend",more="x"} 3e+00',
    'action_other{namespace="default"} 1000',
  ].join('\n');

  test('are summed over the labels that were not asked for', () => {
    expect(sumMetric(page, 'action', { namespace: 'default' })).toBe(74);
    expect(sumMetric(page, 'action', { namespace: 'absent' })).toBe(0);
  });

  test('are told apart by kind', () => {
    expect(serverActions(page, 'default')).toEqual({
      command_ScheduleActivityTask: 51,
      grpc_RecordActivityTaskHeartbeat: 23,
    });
  });
});
