/**
 * Goal: what docs/use/operations.md is made of says what the code does. Method: the parameters that it lists are compared with what
 * the schemas take.
 */
import * as sdk from '@aws-sdk/client-s3-control';
import { operationsTable } from '../../../dev/docs/operations-page';
import { OPERATIONS } from '../../../operations';
import { canSkip, describeCondition, describeParameters, flattened, isOfAws } from '../../../operations/describe';

const named = (wanted: string) => OPERATIONS.find(({ name }) => name === wanted);

test('every operation has its row, its section and its examples', () => {
  const table = operationsTable();
  for (const operation of OPERATIONS) {
    const row = table
      .split('\n')
      .find((line) => line.startsWith(`| [${operation.name}](#${operation.name.toLowerCase()}) `));
    const [, whose, call, , , rerun, skips] = (row ?? '').split(/ +\| +/).map((cell) => cell.trim());
    const expected = [isOfAws(operation) ? 'AWS' : 'Drover', operation.call, operation.rerun];
    expect([whose, call, rerun, skips?.startsWith('yes')]).toEqual([...expected, canSkip(operation)]);
    expect(table).toContain(`\n## ${operation.name}\n`);
    for (const { title } of operation.examples) {
      expect(table).toContain(`${title}:\n\n\`\`\`json\n{\n  "${operation.name}": {`);
    }
  }
});

test('every parameter is described; those refused by name are left out', () => {
  for (const operation of OPERATIONS) {
    for (const parameter of describeParameters(operation)) expect(parameter.description).not.toBe('');
  }
  const copy = named('S3PutObjectCopy');
  const names = copy === undefined ? [] : describeParameters(copy).map(({ name }) => name);
  expect(names).toContain('TargetResource');
  expect(names).not.toContain('NewObjectMetadata.ContentLength');
});

test('types and requirements', () => {
  const restore = named('S3InitiateRestoreObject');
  const lambda = named('LambdaInvoke');
  if (restore === undefined || lambda === undefined) throw new Error('not registered');
  const shown = [...describeParameters(lambda), ...describeParameters(restore)].map(({ name, type, required }) => [
    name,
    type,
    required,
  ]);
  expect(shown).toEqual([
    ['FunctionArn', 'string', true],
    ['InvocationSchemaVersion', '1.0, 2.0', false],
    ['UserArguments', 'map', false],
    ['TasksPerInvocation', 'integer', false],
    ['TrustMissingResults', 'boolean', false],
    ['ExpirationInDays', 'integer', false],
    ['GlacierJobTier', 'BULK, STANDARD', false],
    ['WaitUntilRestored', 'boolean', false],
    ['RestorePollSeconds', 'integer', false],
    ['RestoreTimeoutHours', 'number', false],
  ]);
});

test('AWS has what is said to be its own', () => {
  const [, , , , ofAws] = sdk.JobOperation$;
  expect(OPERATIONS.filter(isOfAws).map(({ name }) => name)).toEqual([...ofAws].sort());
});

test('nested parameters have dotted names; what stands in itself is shown once', () => {
  const copy = named('S3PutObjectCopy');
  const names = flattened(describeParameters(copy!)).map(({ name }) => name);
  expect(names).toEqual(
    expect.arrayContaining([
      'NewObjectMetadata.UserMetadata',
      'NewObjectTagging[].Key',
      'AccessControlGrants[].Grantee.Identifier',
    ]),
  );
  expect(names).not.toContain('NewObjectMetadata.ContentMD5');
  const members = flattened(describeCondition()).map(({ name }) => name);
  expect(members).toContain('KeyNameConstraint.MatchAnySuffix');
  expect(members.filter((name) => name.startsWith('Not'))).toEqual(['Not']);
});
