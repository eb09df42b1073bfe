/**
 * The promise: a row that says `succeeded` is so in the store, and one that says `failed` has lost nothing. What an operation means to do
 * is what it does to a store that is S3 to the letter: that is compared with what the quirky store has in the end, behind its quirks.
 */
import type { TaskOutcome } from '../../../contracts/engine/outcome';
import type { MemoryObject } from '../../support/memory-store/bucket';
import type { WireRequest } from '../../support/memory-store-http/routes';
import type { Quirk } from '../../support/quirks';
import { QuirkBench, SOURCE, TARGET } from './quirk-bench';
import { arranged, type Scenario } from './scenarios';

/** By `bucket/key`. */
type Contents = ReadonlyMap<string, string>;

export interface Run {
  readonly outcomes: readonly TaskOutcome[] | Error;
  readonly before: Contents;
  readonly after: Contents;
  readonly fired: boolean;
  readonly sources: readonly string[];
  readonly requests: readonly WireRequest[];
}

export async function run(scenario: Scenario, quirks: readonly Quirk[], object?: Quirk['object']): Promise<Run> {
  const bench = await QuirkBench.open(quirks, { ...(scenario.apart && { apart: true }) });
  try {
    const tasks = arranged(bench, scenario, object);
    const before = contents(bench);
    const performed = scenario.inGroup
      ? bench.performGroup(scenario.element, tasks)
      : Promise.all(tasks.map((task) => bench.perform(scenario.element, task)));
    const outcomes = await performed.catch((error: unknown) => error as Error);
    const sources = tasks.map(({ bucket, key }) => `${bucket}/${key}`);
    return { outcomes, before, after: contents(bench), fired: bench.fired, sources, requests: bench.requests };
  } finally {
    await bench.close();
  }
}

/**
 * Whether the quirk shows in a scenario: if it is for none of the requests that are sent without it, the run with it would be the
 * same.
 */
export function shows({ rule }: Quirk, { requests }: Run): boolean {
  const answer = rule();
  return requests.some((request) => answer(request, () => new Promise(() => undefined)) !== undefined);
}

/** How the run broke the promise; undefined: it did not. `plain`: the same scenario without the quirk. */
export function broken(quirk: Quirk, plain: Run, found: Run): string | undefined {
  const quirky = quirk.value ? withPlainValue(found, quirk.value) : found;
  if (quirky.outcomes instanceof Error) return `rejects: ${String(quirky.outcomes)}`;
  if (plain.outcomes instanceof Error) throw plain.outcomes;
  for (const [index, meant] of plain.outcomes.entries()) {
    const outcome = quirky.outcomes[index];
    const text = `${outcome?.status} ${statusOf(outcome)} ${messageOf(outcome)}`;
    const how =
      outcome?.status === 'failed'
        ? brokenFailure(quirk, plain, quirky, { outcome, meant })
        : brokenSuccess(plain, quirky, { outcome, meant });
    if (how !== undefined) return `${text}: ${how}`;
  }
  return undefined;
}

function withPlainValue(run: Run, { odd, plain }: NonNullable<Quirk['value']>): Run {
  const replaced = (all: Contents): Contents =>
    new Map([...all].map(([name, is]) => [name, is.replaceAll(odd, plain)]));
  return { ...run, before: replaced(run.before), after: replaced(run.after) };
}

interface Rows {
  /** Absent: there is none for this task. */
  readonly outcome: TaskOutcome | undefined;
  readonly meant: TaskOutcome;
}

function brokenSuccess(plain: Run, quirky: Run, { outcome, meant }: Rows): string | undefined {
  if (outcome?.status !== meant.status) return `should be ${meant.status}, ${messageOf(meant)}`;
  const [other] = changedNames(quirky.after, plain.after);
  if (other !== undefined) return comparison(other, quirky.after, plain.after);
  return messageOf(outcome) === messageOf(meant) ? undefined : `should say ${messageOf(meant)}`;
}

function brokenFailure(quirk: Quirk, plain: Run, quirky: Run, { outcome, meant }: Rows): string | undefined {
  // Effects beside the task's object may be there in part, and those of an answer that was lost if the row says so, as well as a copy.
  const message = messageOf(outcome);
  const isSaid = message.includes('may have taken effect');
  const isCopySaid = /The copy was made, but without|The target did not keep/.test(message);
  const wrong = changedNames(quirky.after, quirky.before).find((name) => {
    if (quirky.sources.includes(name)) return quirky.after.get(name) !== plain.after.get(name) || !isSaid;
    return quirky.after.get(name) !== plain.after.get(name) && !isCopySaid;
  });
  if (wrong !== undefined) return `lost or done: ${comparison(wrong, quirky.after, quirky.before)}`;
  if (meant.status === 'failed') return undefined;
  if (!quirky.fired) return 'fails although the quirk does not show';
  if (quirk.promise === 'works') return 'does not work';
  if (quirk.failedStatus === undefined || statusOf(outcome) === quirk.failedStatus) return undefined;
  return `should be a row of ${quirk.failedStatus}`;
}

function statusOf(outcome: TaskOutcome | undefined): number | undefined {
  return outcome && 'httpStatus' in outcome ? outcome.httpStatus : undefined;
}

/** Version ids are those of the run. */
function messageOf(outcome: TaskOutcome | undefined): string {
  return outcome && 'message' in outcome ? outcome.message.replace(/\bv\d+\b/g, 'v') : '';
}

function changedNames(a: Contents, b: Contents): string[] {
  return [...new Set([...a.keys(), ...b.keys()])].filter((name) => a.get(name) !== b.get(name));
}

function comparison(name: string, is: Contents, shouldBe: Contents): string {
  return `${name} is ${is.get(name) ?? 'gone'}, should be ${shouldBe.get(name) ?? 'gone'}`;
}

export function contents({ here, there }: QuirkBench): Contents {
  const found = new Map<string, string>();
  for (const [store, bucket] of [
    [here, SOURCE],
    [there, TARGET],
  ] as const) {
    for (const key of store.allKeys(bucket)) {
      found.set(`${bucket}/${key}`, JSON.stringify(store.versions(bucket, key).map(look)));
    }
  }
  return found;
}

/** All that a person has put there, and nothing that the store counts or dates. */
function look(object: MemoryObject): unknown {
  if (object.deleteMarker) return 'delete marker';
  const { body, headers, metadata, tags, storageClass, acl, legalHold, retention, encryption, restore } = object;
  const grants = (acl.Grants ?? []).map(({ Grantee, Permission }) => [Grantee?.ID ?? Grantee?.URI, Permission]);
  const sorted = (members: object): unknown => Object.entries(members).sort(([a], [b]) => (a < b ? -1 : 1));
  return [
    body.toString('latin1'),
    sorted({ ContentType: 'binary/octet-stream', ...headers }),
    sorted(metadata),
    sorted(Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value]))),
    storageClass,
    grants,
    legalHold,
    retention,
    encryption,
    restore && [restore.tier, restore.days],
  ];
}
