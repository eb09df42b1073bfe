import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import type { Task } from '../../../contracts/engine/outcome';
import type { FinalOutcome } from '../../../reports';

const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 10 }),
  fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', ' ', 'é', '😀', '{"a": 1}'), maxLength: 6 }),
);

export const anyTask: fc.Arbitrary<Task> = fc
  .record({ bucket: text, key: text, versionId: fc.option(text), manifestKey: text, row: fc.nat() })
  .map(({ versionId, ...task }) => (versionId === null ? task : { ...task, versionId }));

export const anyFinal: fc.Arbitrary<FinalOutcome> = fc.oneof(
  fc.record({ status: fc.constant('succeeded' as const), httpStatus: fc.nat(599), message: text }),
  fc.record({ status: fc.constant('failed' as const), httpStatus: fc.nat(599), errorCode: text, message: text }),
);

/** The seven values that the row of a task must hold. */
export function valuesOf(task: Task, outcome: FinalOutcome): string[] {
  const errorCode = outcome.status === 'failed' ? outcome.errorCode : '';
  const { status, httpStatus, message } = outcome;
  return [task.bucket, task.manifestKey, task.versionId ?? '', status, String(httpStatus), errorCode, message];
}

export function readRows(csv: Uint8Array | string): string[][] {
  return parse(Buffer.from(csv as string), { record_delimiter: '\n' });
}
