/**
 * Goal: the commands of vaults say what the API says, and make the job that they promise. Method: commands in process against the real API app
 * on a fake Temporal; jobs that an operation on archives refuses, by REST.
 */
import type { VaultLists } from '../../../api/vaults/vault-lists';
import { ROLE, testApp } from '../api/test-app';
import { runCli, serveForCli } from './run-cli';

const asked: string[] = [];
const vaults: VaultLists = {
  list: async (_account, roleArn) => {
    asked.push(roleArn);
    return [
      { name: 'photos', arn: 'arn:photos', archives: 1_234, bytes: 5, inventoryAt: new Date('2026-11-01T00:00:00Z') },
      { name: 'new', arn: 'arn:new' },
    ];
  },
};
const context = serveForCli(() => testApp({ vaults }));

test('vault list shows what is counted, and nothing where nobody has counted', async () => {
  const { code, stdout } = await runCli(['vault', 'list'], { env: context.env });
  expect(code).toBe(0);
  expect(stdout.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
    ['VAULT', 'ARCHIVES', 'BYTES', 'INVENTORY'],
    ['photos', '1,234', '5', '2026-11-01T00:00:00.000Z'],
    ['new', '-', '-', '-'],
    [''],
  ]);
  expect(asked).toEqual([ROLE]);
});

test('vault inventory makes a job of the vault', async () => {
  const argv = ['vault', 'inventory', 'photos', '--to', 's3://home/inventories/photos', '--no-wait'];
  expect(await runCli(argv, { env: context.env })).toMatchObject({ code: 0 });
  expect(context.gateway.inputs[0]?.request).toMatchObject({
    Operation: {
      GlacierRetrieveInventory: { TargetResource: 'arn:aws:s3:::home', TargetKeyPrefix: 'inventories/photos' },
    },
    Source: { Keys: [{ Bucket: 'photos', Key: 'inventory' }] },
  });
});

const RETRIEVE = ['create', '--operation', 'GlacierRetrieveArchive', '--set', 'TargetResource=s3://home'];
const DELETE = ['create', '--operation', 'GlacierDeleteArchive', '--set', 'TargetResource=s3://home'];
const JOB = '6f0e3b1c-6f7a-4c49-8e55-4b0f4a4a3a53';

test.each([
  [['vault', 'inventory', 'other', '--to', 's3://home/a'], 'may not use the vault other'],
  [[...RETRIEVE, '--from', 's3://photos/'], 'no bucket lists the archives of a vault'],
  [[...DELETE, '--from-job', JOB, '--rows', 'succeeded'], 'ConfirmationRequired: must be true'],
  [[...DELETE, '--from-job', JOB, '--rows', 'all', '--confirm'], 'Source: must be FromJob with Rows succeeded'],
  [[...DELETE, '--inventory', 's3://home/manifest.json', '--etag', 'x', '--confirm'], 'must be FromJob'],
])('refused: %j', async (argv, reason) => {
  const { code, stderr } = await runCli(argv, { env: context.env });
  expect(code).not.toBe(0);
  expect(stderr).toContain(reason);
});

test('archives are deleted only for the rows of a job that has retrieved archives', async () => {
  const inventory = await runCli(['vault', 'inventory', 'photos', '--to', 's3://home/a', '--no-wait'], {
    env: context.env,
  });
  const argv = [...DELETE, '--from-job', inventory.stdout.trim(), '--rows', 'succeeded', '--confirm'];
  const { stderr } = await runCli(argv, { env: context.env });
  expect(stderr).toMatch(
    /job \S+ is one of GlacierRetrieveInventory, and must be one of GlacierRetrieveArchive|kept the rows of failed/,
  );
});
