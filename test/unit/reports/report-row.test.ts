/**
 * Goal: rows as AWS writes them, from which a reader gets exactly the values back.
 * Method: rows in the shape of AWS's published ones, and random values re-read with csv-parse.
 */
import fc from 'fast-check';
import { SUCCESSFUL, type Task } from '../../../contracts/engine/outcome';
import { type FinalOutcome, formatRow } from '../../../reports';
import { anyFinal, anyTask, readRows, valuesOf } from './samples';

const task: Task = { bucket: 'bucket', key: 'a key', manifestKey: 'a+key', row: 0 };

test.each<[string, Task, FinalOutcome, string]>([
  ['native success', task, SUCCESSFUL as FinalOutcome, 'bucket,a+key,,succeeded,200,,Successful (key: a key)\n'],
  [
    'native success on the key as it is spelled',
    { ...task, key: 'a-key', manifestKey: 'a-key' },
    SUCCESSFUL as FinalOutcome,
    'bucket,a-key,,succeeded,200,,Successful\n',
  ],
  [
    'native success on a key that needs quotes',
    { ...task, key: 'a,"b"', manifestKey: 'a%2C%22b%22' },
    SUCCESSFUL as FinalOutcome,
    'bucket,a%2C%22b%22,,succeeded,200,,"Successful (key: a,""b"")"\n',
  ],
  [
    'native failure of a version',
    { ...task, versionId: 'v1' },
    { status: 'failed', httpStatus: 500, errorCode: 'SrcObjectNotEligible', message: 'Not eligible' },
    'bucket,a+key,v1,failed,500,SrcObjectNotEligible,Not eligible\n',
  ],
  [
    'missing version',
    task,
    { status: 'failed', httpStatus: 400, errorCode: 'InvalidRequest', message: 'Task failed due to missing VersionId' },
    'bucket,a+key,,failed,400,InvalidRequest,Task failed due to missing VersionId\n',
  ],
  [
    'function success',
    task,
    { status: 'succeeded', httpStatus: 200, message: '["Huey", "Dewey"]' },
    'bucket,a+key,,succeeded,200,,"[""Huey"", ""Dewey""]"\n',
  ],
  [
    'function failure',
    task,
    {
      status: 'failed',
      httpStatus: 200,
      errorCode: 'PermanentFailure',
      message: 'Lambda returned function error: {"errorMessage":"Task timed out after 3.00 seconds"}',
    },
    'bucket,a+key,,failed,200,PermanentFailure,' +
      '"Lambda returned function error: {""errorMessage"":""Task timed out after 3.00 seconds""}"\n',
  ],
  [
    'line breaks stay, within quotes',
    task,
    { status: 'succeeded', httpStatus: 200, message: 'one\r\ntwo' },
    'bucket,a+key,,succeeded,200,,"one\r\ntwo"\n',
  ],
  [
    'a carriage return alone is one too',
    task,
    { status: 'succeeded', httpStatus: 200, message: 'one\rtwo' },
    'bucket,a+key,,succeeded,200,,"one\rtwo"\n',
  ],
])('%s', (_name, of, outcome, row) => {
  expect(formatRow(of, outcome)).toBe(row);
});

test('csv-parse reads the values back from any rows', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(anyTask, anyFinal), { minLength: 1 }), (rows) => {
      const csv = rows.map(([of, outcome]) => formatRow(of, outcome)).join('');
      expect(readRows(csv)).toEqual(rows.map(([of, outcome]) => valuesOf(of, outcome)));
    }),
  );
});
