import { randomUUID } from 'node:crypto';
import type { PreparedPart, PreparePartInput } from '../../contracts/activities';
import { workspaceKeys } from '../../contracts/naming';
import {
  filtersOf,
  ListingUntrustworthy,
  NO_COUNTS,
  openPart,
  openRowFilter,
  type PartCounts,
  PartWriter,
} from '../../manifests';
import type { ActivityDependencies } from '../dependencies';
import type { JobSpecs } from '../job-spec';
import { type Leased, underLease } from '../lease';
import { sourceContext } from './source-context';
import { SourceStore } from './source-store';

/** Reads one part of a source into the workspace. What a former attempt has left there is not read again. */
export function preparePartActivity(dependencies: ActivityDependencies, specs: JobSpecs) {
  return async function preparePart(input: PreparePartInput): Promise<PreparedPart> {
    let counts: () => PartCounts = () => NO_COUNTS;
    const onOpened = (writer: PartWriter): void => {
      counts = () => writer.counts;
    };
    const work = (leased: Leased): Promise<PreparedPart> => readPart(specs, input, leased, onOpened);
    return underLease(dependencies, input.jobId, work, { details: () => ({ preparing: counts() }) });
  };
}

async function readPart(
  specs: JobSpecs,
  input: PreparePartInput,
  { stores, signal }: Leased,
  onOpened: (writer: PartWriter) => void,
): Promise<PreparedPart> {
  const spec = await specs.load(input);
  const { workspace: folder, part } = input;
  const store = new SourceStore(stores.workspace(), folder, signal);
  const plan = await store.plan();
  const left = await store.state(plan, part);
  if (left.done) return told(left.counts);
  const context = sourceContext(stores, spec, input, signal);
  const reading = openPart(plan, part, left.source, context);
  const filter = await openRowFilter(filtersOf(spec.request), context);
  const token = randomUUID().slice(0, 8);
  let sequence = 0;
  const writer = new PartWriter(reading, left, {
    plan: plan.id,
    batchRows: spec.plan.batchRows,
    filter: (rows) => filter.passing(rows),
    putObject: (body) => store.putSegment(workspaceKeys.segment(folder.prefix, part, token, sequence++), body),
    putState: (state) => store.putState(part, state),
  });
  onOpened(writer);
  try {
    await reading.run(writer);
    return told((await writer.finish()).counts);
  } catch (error) {
    if (error instanceof ListingUntrustworthy && error.restartAs !== undefined) {
      return { ...told(writer.counts), listAs: { [error.bucket]: error.restartAs } };
    }
    await leave(writer, signal);
    throw error;
  } finally {
    await filter.close();
  }
}

/** A pause, or a worker that shuts down, costs no rows; a lease that has ended sends nothing. */
async function leave(writer: PartWriter, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await writer.leave().catch(() => undefined);
}

function told({ read, rows }: PartCounts): PreparedPart {
  return { read, rows };
}
