/** Goal: only usable schemas pass, others are named. Method: examples. */
import { manifestFieldsProblem } from '../../../manifests';

test.each([[['Bucket', 'Key']], [['Ignore', 'Key', 'Ignore', 'VersionId', 'Bucket']]])('%j passes', (fields) => {
  expect(manifestFieldsProblem(fields)).toBeUndefined();
});

test.each([
  [[], 'Required fields are missing in the schema: Bucket, Key'],
  [['Bucket', 'VersionId'], 'Required fields are missing in the schema: Key'],
  [['Bucket', 'Key', 'Key'], 'Field appears more than once in the manifest schema: Key'],
  [['VersionId', 'Bucket', 'Key', 'VersionId'], 'Field appears more than once in the manifest schema: VersionId'],
  [['Bucket', 'Key', 'Size'], 'Unknown field in the manifest schema: Size. Use Ignore, Bucket, Key, VersionId.'],
])('%j is refused', (fields, problem) => {
  expect(manifestFieldsProblem(fields)).toBe(problem);
});
