import { z } from 'zod';
import { DroverError } from '../../../contracts/engine/failures';
import { onlyRole } from '../../requests/defaults';
import { defineRoute } from '../route';
import { vaultList } from '../schemas';
import type { JobRouteDeps } from './deps';

const query = z.strictObject({
  roleArn: z.string().min(1).max(2_048).optional().describe('Default: the only role of the account'),
});

export function listVaultsRoute({ rules, vaults }: JobRouteDeps) {
  return defineRoute({
    method: 'get',
    path: '/vaults',
    operationId: 'listVaults',
    tag: 'about',
    summary: 'List the vaults of Amazon Glacier that a role may use',
    description:
      "Numbers are those of the service's last inventory, about a day old; before the first one they are left out.",
    schemas: { query, answer: vaultList },
    status: 200,
    errors: [
      'BadRequestException',
      'RoleNotConfigured',
      'AccessDenied',
      'StoreUnreachable',
      'StoreCredentialsRefused',
      'StoreRefused',
      'NotImplemented',
    ],
    handle: async ({ account, query: { roleArn } }) => {
      if (vaults === undefined) throw new DroverError('NotImplemented', 'This API lists no vaults');
      const role = roleArn ?? onlyRole(account, rules.config.roles);
      const listed = await vaults.list(account, role);
      return {
        body: {
          vaults: listed.map(({ createdAt, inventoryAt, ...vault }) => ({
            ...vault,
            createdAt: createdAt?.toISOString(),
            inventoryAt: inventoryAt?.toISOString(),
          })),
        },
      };
    },
  });
}
