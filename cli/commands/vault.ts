import type { Command } from 'commander';
import type { Vault } from '../api-client';
import { action, type Invocation } from '../context';
import { EXIT } from '../exit-codes';
import { s3Uri } from '../options/objects/s3-uri';
import { count, table } from '../output';
import { afterCreate } from '../watch-job';

interface InventoryOptions {
  readonly to: string;
  readonly role?: string;
  readonly token?: string;
  readonly wait: boolean;
}

/** `drover vault …` */
export function addVaultCommand(program: Command, invocation: Invocation): void {
  const vault = program.command('vault').description('Vaults of Amazon Glacier').helpCommand(false);
  vault
    .command('list')
    .description('List the vaults that a role may use; numbers are those of the last inventory')
    .option('--role <arn>', "role (default: the account's only one)")
    .action(
      action<{ role?: string }>(invocation, async ({ api, output }, _operands, { role }) => {
        const { vaults } = await api.listVaults(role);
        output.result({ vaults }, () => vaultTable(vaults));
        return EXIT.ok;
      }),
    );
  vault
    .command('inventory')
    .description('Retrieve the inventory of a vault, for hours, and leave it in a bucket as a source of jobs')
    .argument('<vault>')
    .requiredOption('--to <s3-uri>', 'folder of the inventory: s3://bucket/prefix')
    .option('--role <arn>', "role (default: the account's only one)")
    .option('--token <token>', 'idempotency token: the same token gives the same job (default: a new token)')
    .option('--no-wait', 'do not follow the job until it ends')
    .action(
      action<InventoryOptions>(invocation, async (context, [name = ''], { to, role, token, wait }) => {
        const { bucket, key } = s3Uri(to, '--to');
        const { jobId } = await context.api.createJob({
          Operation: { GlacierRetrieveInventory: { TargetResource: `arn:aws:s3:::${bucket}`, TargetKeyPrefix: key } },
          Source: { Keys: [{ Bucket: name, Key: 'inventory' }] },
          Description: `inventory of the vault ${name}`,
          ...(role !== undefined && { RoleArn: role }),
          ...(token !== undefined && { ClientRequestToken: token }),
        });
        const code = await afterCreate(context, { jobId }, wait);
        if (wait && code === EXIT.ok) {
          const folder = key.endsWith('/') ? key : `${key}/`;
          context.output.note(
            `drover create --inventory s3://${bucket}/${folder}manifest.json --operation GlacierRetrieveArchive …`,
          );
        }
        return code;
      }),
    );
}

function vaultTable(vaults: readonly Vault[]): string {
  const told = (number: number | undefined): string => (number === undefined ? '-' : count(number));
  const rows = vaults.map(({ name, archives, bytes, inventoryAt }) => [
    name,
    told(archives),
    told(bytes),
    inventoryAt ?? '-',
  ]);
  return table([['VAULT', 'ARCHIVES', 'BYTES', 'INVENTORY'], ...rows]);
}
