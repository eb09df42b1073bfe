/**
 * Goal: what a batch has flushed is found by its parts alone, whatever a worker does with them meanwhile. Method: parts as workers
 * write them, in a store in memory.
 */
import { flushedTally } from '../../../../api/jobs/workspace/flushed-tally';
import { workspaceKeys } from '../../../../contracts/engine/naming';
import type { Tally } from '../../../../contracts/engine/outcome';
import { encodePart } from '../../../../reports';
import { MemoryStore } from '../../../support/memory-store/store';
import { tally } from '../fake-gateway';

const WORKSPACE = { bucket: 'workspace', prefix: 'jobs/job-1/' };
const openKey = (rows: number, batch = 7) => workspaceKeys.openPart(WORKSPACE.prefix, batch, `${rows}-00ff`);
const finishedKey = workspaceKeys.part(WORKSPACE.prefix, 7);

function bench() {
  const store = new MemoryStore({ buckets: ['workspace'] });
  const put = (key: string, of: Tally) =>
    store.put(
      { bucket: 'workspace', key },
      encodePart({ scope: 'NoTasks', tally: of, succeeded: '', failed: '', pending: [], done: '' }),
    );
  return { store, put, look: () => flushedTally({ workspace: () => store })(WORKSPACE, 7) };
}

test('nothing, the fullest open part, then the finished one', async () => {
  const { put, look } = bench();
  await put(openKey(999, 70), tally(999));
  expect(await look()).toBeUndefined();
  await put(openKey(90), tally(80, 10));
  await put(openKey(1_000), tally(1_000));
  await put(openKey(200), tally(200));
  expect(await look()).toEqual(tally(1_000));
  await put(finishedKey, tally(900, 100));
  expect(await look()).toEqual(tally(900, 100));
});

test('a part that is replaced by the finished one between listing and reading', async () => {
  const { store, put, look } = bench();
  await put(openKey(90), tally(90));
  const list = store.listObjects.bind(store);
  store.listObjects = async (input, options) => {
    const page = await list(input, options);
    await put(finishedKey, tally(1_000));
    await store.remove({ bucket: 'workspace', key: openKey(90) });
    return page;
  };
  expect(await look()).toEqual(tally(1_000));
});
