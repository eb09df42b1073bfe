import type { Json, JsonObject } from '../../contracts/job';
import { OPERATIONS } from '../../operations';
import { STEPS_MAX } from '../../operations/composing/pipeline/pipeline';
import {
  canSkip,
  describeCondition,
  describeParameters,
  flattened,
  isOfAws,
  type ParameterDescription,
} from '../../operations/describe';
import type { OperationDefinition } from '../../operations/operation';
import { markdownTable } from './markdown-table';

/** Markdown: one row per operation, then its parameters and examples. `docs/use/operations.md` holds it (see operationsPage). */
export function operationsTable(): string {
  const rows = OPERATIONS.map((operation) => [
    `[${operation.name}](#${operation.name.toLowerCase()})`,
    isOfAws(operation) ? 'AWS' : 'Drover',
    operation.call,
    operation.summary,
    operation.success,
    operation.rerun,
    canSkip(operation) ? 'yes' : '',
  ]);
  const heads = ['Operation', 'Whose', 'Call', 'What it does', 'A task succeeds when', 'A second run', 'Can skip'];
  return [markdownTable(heads, rows), ...OPERATIONS.map(section)].join('\n\n');
}

/** The whole of `docs/use/operations.md`. */
export function operationsPage(): string {
  return `${[INTRODUCTION, CONDITIONS, conditionTable(), NOT, SKIPPING, PIPELINES, '## The operations', operationsTable()].join('\n\n')}\n`;
}

const INTRODUCTION = `# Operations

Generated from \`operations/\` by \`npm run docs\`: change it there.

An operation is given under its name in \`Operation\` of a job request, with its parameters. An unknown member, and a member
that Drover cannot carry out, is refused by name when the job is created. Tasks run at least once: after a crash an object
may be worked on a second time, and the table says what that does. What a store refuses for one object stands in the
completion report in the store's own words, and the job goes on. Not every store can do everything:
[stores.md](../run/stores.md) has what each was seen to do. [permissions.md](../run/permissions.md) has the rights that each operation takes.

Operations of AWS have the members that S3 Control gives them; what Drover adds to them is described as "Drover only". Drover's
own operations, and everything in the next three sections, can be sent as JSON (REST, CLI) and as XML (S3 Control); AWS's
clients refuse to write what they do not know: [clients.md](clients.md#drovers-own-members) has the way round.`;

const CONDITIONS = `## Conditions

\`When\` beside the operation says which objects it is for. All its members must hold. For another object nothing is done: its
task succeeds with the message \`Skipped: the condition does not hold\`.

${example({ S3DeleteObject: {}, When: { OlderThanDays: 365, MatchAllTags: [{ Key: 'keep', Value: 'no' }] } })}`;

function conditionTable(): string {
  return parameterTable(describeCondition());
}

const NOT = `Conditions on the key cost no request. Those on time, size, class or metadata cost one HeadObject per object, those on tags one
GetObjectTagging. An object that can't be read is a failed task, with what the store says of it. A missing object counts as success for
\`S3DeleteObject\`; \`S3MoveObject\` then checks the target, since it may have moved the object before a crash.

With a condition or \`SkipIfInDesiredState\` objects are looked at first, some at a time; those that are left go together, as without.
A pipeline works on one object after the other: \`S3DeleteObject\` then sends a DeleteObject for each, and \`TasksPerInvocation\` is refused.

The condition is looked at in each run. When a worker has died, what the first run changed may no longer fit it: the row then says
\`Skipped\`, and that a run that was cut off may have begun with the object. A condition beside \`Pipeline\` is different: see below.`;

const SKIPPING = `## Skipping what is done

\`"SkipIfInDesiredState": true\` beside the operation has each object looked at first, and passed over when it is as the
operation would leave it: the task succeeds with the message \`AlreadyInDesiredState\`. That is for second runs over the same
list: reading costs less than writing, and makes no new versions. An operation that can't tell refuses the option; the table
says which can. In a second run after a crash the message may also stand in rows of objects that the first run changed.`;

const PIPELINES = `## Pipelines

\`Pipeline\` in the place of the operation has 1 to ${STEPS_MAX} steps, carried out one after the other on each object. A step runs only
when those before it succeeded. The report has one row for each object, whose message names the step that failed; what the
steps before it did is not undone.

Each step is an operation with its own \`When\` and \`SkipIfInDesiredState\`. \`AppliesTo\` says to which object: \`Result\` (default) is
the one that the former steps made, so after a copy the copy; \`Source\` is the one of the manifest. Steps with conditions that
exclude each other do different things to different objects in one job. \`When\` beside \`Pipeline\` holds for all of it.

${example({
  Pipeline: {
    Steps: [
      { S3PutObjectCopy: { TargetResource: 'arn:aws:s3:::archive' } },
      { S3PutObjectTagging: { TagSet: [{ Key: 'archived', Value: 'yes' }] } },
      {
        S3PutObjectTagging: { TagSet: [{ Key: 'expire', Value: 'now' }] },
        AppliesTo: 'Source',
        When: { ObjectSizeGreaterThanBytes: 1_048_576 },
      },
    ],
  },
})}

What to know before a step deletes:

- **A step that its condition passes over makes no copy, and does not hinder the next.** \`Result\` then is what it was before:
  after a copy that was passed over, the manifest's own object. So a copy with \`When\`, followed by an S3DeleteObject without one,
  deletes objects that were not copied, whatever its \`AppliesTo\`. Put \`When\` beside \`Pipeline\`, where it holds for both, or use
  S3MoveObject.
- **The next step runs when the store has said yes to the former, not when the copy was compared.** Put S3VerifyObject in between,
  or use S3MoveObject, which deletes nothing that it has not compared.
- **After a crash a pipeline goes on after a step that has removed its object,** and else begins at its first step again. Before such a
  step it is noted in the workspace that the former ones are done; the notes of many objects go in one request. An object that is
  still there is worked on from the first step: it may have been stored anew, and is not deleted before it was copied.
- **What the condition beside \`Pipeline\` has decided once stands,** though a step changes what it asks for, as long as the content of the object
  is the same. When that is another and the condition does not hold, nothing is done: the row fails with \`409 OperationAborted\` and names the
  steps that were done. A step whose own condition no longer holds counts as done when it is noted that a run before did it.`;

function section(operation: OperationDefinition): string {
  const parameters = describeParameters(operation);
  const examples = operation.examples.map(
    ({ title, parameters: given }) => `${title}:\n\n${example({ [operation.name]: given })}`,
  );
  const skips = canSkip(operation) ? 'It can skip what is done.' : 'It has no `SkipIfInDesiredState`.';
  return [
    `## ${operation.name}`,
    `${operation.summary}. ${sourceOf(operation)} ${skips}`,
    parameters.length === 0 ? 'No parameters.' : parameterTable(parameters),
    ...examples,
  ].join('\n\n');
}

function sourceOf(operation: OperationDefinition): string {
  if (isOfAws(operation)) return `Follows [the user guide](${operation.reference}).`;
  return `Drover's own; rests on [${pageOf(operation.reference)}](${operation.reference}).`;
}

/** `API_DeleteObject.html` is the page of DeleteObject. */
function pageOf(reference: string): string {
  return /\/API_(\w+)\.html/.exec(reference)?.[1] ?? 'the user guide';
}

function example(element: JsonObject): string {
  return `\`\`\`json\n${jsonText(element)}\n\`\`\``;
}

/** As prettier writes it: lists of plain values stay on one line. */
function jsonText(value: Json, indent = ''): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const inner = `${indent}  `;
  if (!Array.isArray(value)) {
    const lines = Object.entries(value).map(
      ([name, one]) => `${inner}${JSON.stringify(name)}: ${jsonText(one, inner)}`,
    );
    return lines.length === 0 ? '{}' : `{\n${lines.join(',\n')}\n${indent}}`;
  }
  if (value.every((one) => typeof one !== 'object')) return `[${value.map((one) => jsonText(one)).join(', ')}]`;
  return `[\n${value.map((one) => inner + jsonText(one, inner)).join(',\n')}\n${indent}]`;
}

function parameterTable(parameters: readonly ParameterDescription[]): string {
  const rows = flattened(parameters).map(({ name, type, required, description }) => [
    `\`${name}\``,
    type,
    required ? 'yes' : '',
    description,
  ]);
  return markdownTable(['Parameter', 'Type', 'Required', 'Meaning'], rows);
}
