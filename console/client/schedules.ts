import { queryOptions } from '@tanstack/react-query';
import { answered, api, type Schemas } from './api';

export type Schedule = Schemas['Schedule'];
export type NewSchedule = Schemas['CreateScheduleRequest'];

/** Schedules change by people and by the minute. */
const PACE_MS = 5_000;

export const schedulesQuery = queryOptions({
  queryKey: ['schedules'],
  queryFn: async ({ signal }): Promise<readonly Schedule[]> => {
    const all: Schedule[] = [];
    let nextToken: string | undefined;
    do {
      const query = nextToken === undefined ? {} : { nextToken };
      const page = await answered(api.GET('/api/schedules', { params: { query }, signal }));
      all.push(...page.schedules);
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    return all;
  },
  refetchInterval: PACE_MS,
});

export function scheduleQuery(scheduleId: string) {
  return queryOptions({
    queryKey: ['schedule', scheduleId],
    queryFn: ({ signal }) =>
      answered(api.GET('/api/schedules/{scheduleId}', { params: { path: { scheduleId } }, signal })),
    refetchInterval: PACE_MS,
  });
}

export type ScheduleAction = 'pause' | 'resume' | 'run' | 'delete';

export async function actOnSchedule(action: ScheduleAction, scheduleId: string): Promise<void> {
  const params = { params: { path: { scheduleId } } };
  switch (action) {
    case 'pause':
      await answered(api.POST('/api/schedules/{scheduleId}/pause', params));
      return;
    case 'resume':
      await answered(api.POST('/api/schedules/{scheduleId}/resume', params));
      return;
    case 'run':
      await answered(api.POST('/api/schedules/{scheduleId}/run', params));
      return;
    case 'delete':
      await answered(api.DELETE('/api/schedules/{scheduleId}', params));
  }
}

export function createSchedule(body: NewSchedule): Promise<Schedule> {
  return answered(api.POST('/api/schedules', { body }));
}
