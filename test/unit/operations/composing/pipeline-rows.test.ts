/**
 * Goal: whatever steps, conditions and outcomes come together, the row and what was done to which object are as the rules
 * say. Method: random pipelines of operations that say what they are told to, against a plain model of the rules.
 */
import fc from 'fast-check';
import { defined } from '../../../../contracts/defined';
import type { Task, TaskOutcome } from '../../../../contracts/engine/outcome';
import { elementParser } from '../../../../operations/composing/element-parser';
import { FakeOperations } from '../../../support/fake-operations';
import { memoryRoleStores } from '../../../support/memory-store/role-stores';
import { MemoryStore } from '../../../support/memory-store/store';

/** In each bucket, the object has another size. */
const SIZES: Readonly<Record<string, number>> = { b: 10, t: 20, u: 30 };
const task: Task = { bucket: 'b', key: 'k', manifestKey: 'k', row: 0 };

interface DrawnStep {
  readonly name: 'Act' | 'Copy';
  readonly to: string;
  readonly source: boolean;
  readonly smallerThan: number | undefined;
  readonly desired: readonly string[] | undefined;
  readonly says: string | undefined;
  readonly fails: string | undefined;
}

const drawnStep: fc.Arbitrary<DrawnStep> = fc.record({
  name: fc.constantFrom('Act' as const, 'Copy' as const),
  to: fc.constantFrom('b', 't', 'u'),
  source: fc.boolean(),
  smallerThan: fc.option(fc.constantFrom(5, 15, 25, 35), { nil: undefined }),
  desired: fc.option(fc.uniqueArray(fc.constantFrom('b/k', 't/k', 'u/k')), { nil: undefined }),
  says: fc.option(fc.constantFrom('one', 'two', ''), { nil: undefined }),
  fails: fc.option(fc.constantFrom('broken'), { nil: undefined, freq: 8 }),
});

function elementOf(step: DrawnStep) {
  const { name, to, source, smallerThan, desired, says, fails } = step;
  const parameters = {
    To: to,
    Desired: desired ?? [],
    ...defined({ Says: says }),
    ...(fails && { Fails: fails }),
  };
  return {
    [name]: parameters,
    ...(smallerThan !== undefined && { When: { ObjectSizeLessThanBytes: smallerThan } }),
    ...(desired && { SkipIfInDesiredState: true }),
    ...(source && { AppliesTo: 'Source' }),
  };
}

/** The rules, written down plainly. */
function model(steps: readonly DrawnStep[]): { readonly done: string[]; readonly outcome: TaskOutcome } {
  const done: string[] = [];
  const said: { readonly label: string; readonly message: string }[] = [];
  let made = 'b';
  for (const [index, step] of steps.entries()) {
    const bucket = step.source ? 'b' : made;
    if (step.smallerThan !== undefined && (SIZES[bucket] ?? 0) >= step.smallerThan) continue;
    const label = `Step ${index + 1} (${step.name})`;
    const already = step.desired?.includes(`${bucket}/k`) ?? false;
    if (!already) {
      done.push(`${step.name} ${bucket}/k`);
      if (step.fails !== undefined) {
        const message = `${label}: ${step.fails}`;
        return { done, outcome: { status: 'failed', httpStatus: 409, errorCode: 'Conflict', message } };
      }
    }
    said.push({ label, message: already ? 'AlreadyInDesiredState' : (step.says ?? 'Successful') });
    if (step.name === 'Copy') made = step.to;
  }
  const message = messageOf(said);
  const skipped = ['AlreadyInDesiredState', 'Skipped: the condition does not hold'].includes(message);
  const outcome = { status: 'succeeded', httpStatus: 200, message, ...(skipped ? { skipped } : {}) };
  return { done, outcome: outcome as TaskOutcome };
}

function messageOf(said: readonly { readonly label: string; readonly message: string }[]): string {
  if (said.length === 0) return 'Skipped: the condition does not hold';
  const messages = new Set(said.map(({ message }) => message));
  if (messages.size === 1 && messages.has('AlreadyInDesiredState')) return 'AlreadyInDesiredState';
  const own = said.filter(({ message }) => message !== 'Successful' && message !== '');
  if (own.length === 0) return 'Successful';
  if (own.length === 1 && own[0]!.message !== 'AlreadyInDesiredState') return own[0]!.message;
  return own.map(({ label, message }) => `${label}: ${message}`).join('; ');
}

test('rows and deeds follow the rules', async () => {
  const outcomes = new Set<string>();
  await fc.assert(
    fc.asyncProperty(fc.array(drawnStep, { minLength: 1, maxLength: 10 }), async (steps) => {
      const store = new MemoryStore({ buckets: Object.keys(SIZES) });
      for (const [bucket, size] of Object.entries(SIZES)) store.seed(bucket, 'k', 'x', { size });
      const fakes = new FakeOperations();
      const parse = elementParser([
        fakes.make('Act', { hasDesiredState: true }),
        fakes.make('Copy', { makesObjects: true, hasDesiredState: true }),
      ]);
      const operation = parse({ Pipeline: { Steps: steps.map(elementOf) } });
      const perform = operation.bind({ jobId: 'job', ...memoryRoleStores(store) });
      const outcome = await perform(task, new AbortController().signal);
      const expected = model(steps);
      expect(outcome).toEqual(expected.outcome);
      expect(fakes.done).toEqual(expected.done);
      // Never more than one look for each deed and object.
      const looks = store.calls.filter(({ method }) => method === 'describeObject').length;
      expect(looks).toBeLessThanOrEqual(steps.filter(({ smallerThan }) => smallerThan !== undefined).length);
      outcomes.add(expected.outcome.status);
    }),
    { numRuns: 300 },
  );
  expect([...outcomes].sort()).toEqual(['failed', 'succeeded']);
});
