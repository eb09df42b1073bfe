import { randomUUID } from 'node:crypto';
import type { PreparedPart, PreparePartInput } from '../../contracts/engine/activities';
import { workspaceKeys } from '../../contracts/engine/naming';
import { LIMITS } from '../../contracts/limits';
import {
  filtersOf,
  ListingUntrustworthy,
  NO_COUNTS,
  openPart,
  openRowFilter,
  type PartCounts,
  PartMeter,
  type PartState,
  PartWriter,
  toldCounts,
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
    return underLease(dependencies, input.jobId, work, {
      details: () => ({ preparing: toldCounts(counts()) }),
      beatIntervalMs: LIMITS.source.preparingBeatMs,
    });
  };
}

async function readPart(
  specs: JobSpecs,
  input: PreparePartInput,
  { stores, signal }: Leased,
  onOpened: (writer: PartWriter) => void,
): Promise<PreparedPart> {
  const spec = await specs.load(input);
  const { workspace: folder, plan, part } = input;
  const store = new SourceStore(stores.workspace(), folder, plan, signal);
  const left = await store.state(part);
  if (left.done) return told(left);
  const meter = new PartMeter(left.counts);
  const context = sourceContext(stores, spec, input, signal, { meter });
  const reading = openPart(await store.parts(), part, left.source, context);
  const filter = await openRowFilter(filtersOf(spec.request), context);
  const attempt = randomUUID().slice(0, 8);
  let sequence = 0;
  const writer = new PartWriter(reading, left, {
    attempt,
    batchRows: spec.plan.batchRows,
    meter,
    filter: (rows) => filter.passing(rows),
    putObject: (rows) => store.putRows(workspaceKeys.segment(folder.prefix, part, attempt, sequence++), rows),
    putFlushes: (flushes) =>
      store.putFlushes(workspaceKeys.partFlushes(folder.prefix, plan, part, attempt, sequence++), flushes),
    putState: (state) => store.putState(part, state),
  });
  onOpened(writer);
  try {
    await reading.run(writer);
    return told(await writer.finish());
  } catch (error) {
    if (error instanceof ListingUntrustworthy && error.restartAs !== undefined) {
      return { ...told({ attempt, counts: writer.counts }), listAs: { [error.bucket]: error.restartAs } };
    }
    await leave(writer, signal);
    throw error;
  } finally {
    await filter.close();
  }
}

/** What a refusal comes after is not read again. An attempt that was given up sends nothing: it costs what came since the last flush. */
async function leave(writer: PartWriter, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await writer.leave().catch(() => undefined);
}

function told({ attempt, counts }: Pick<PartState, 'attempt' | 'counts'>): PreparedPart {
  return { ...toldCounts(counts), attempt };
}
