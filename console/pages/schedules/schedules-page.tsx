import { useQuery } from '@tanstack/react-query';
import { schedulesQuery } from '../../client/schedules';
import { useMayChange } from '../../parts/may-change';
import { Problem } from '../../parts/problem';
import { ScheduleCard } from './schedule-card';

export function SchedulesPage() {
  const { data, error } = useQuery(schedulesQuery);
  const mayChange = useMayChange();
  return (
    <div className="stack">
      <title>Schedules · Drover</title>
      <h1>Schedules</h1>
      {data === undefined && error !== null && <Problem error={error} />}
      {data?.length === 0 && (
        <section className="card stack">
          <h2>No schedule yet</h2>
          <p>
            A schedule makes a job of its template whenever it is due: every night, every six hours. Run a job once,
            look at its report, and choose “On a schedule” on its page.
          </p>
        </section>
      )}
      {data?.map((schedule) => (
        <ScheduleCard key={schedule.scheduleId} schedule={schedule} mayChange={mayChange} />
      ))}
    </div>
  );
}
