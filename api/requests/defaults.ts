import type { Config } from '../../config/config';
import { DroverError } from '../../contracts/engine/failures';

/** Same default as the AWS console's. */
const DEFAULT_PRIORITY = 10;

export type Members = Readonly<Record<string, unknown>>;

/**
 * A request or template of REST with what may be left out: ConfirmationRequired false, Priority 10, RoleArn the role of the
 * account when it has but one, Report `{Enabled: false}`. Throws BadRequestException for a role that is not clear.
 */
export function withRequestDefaults(given: Members, account: string, { roles }: Pick<Config, 'roles'>): Members {
  return {
    ...given,
    ConfirmationRequired: given['ConfirmationRequired'] ?? false,
    Priority: given['Priority'] ?? DEFAULT_PRIORITY,
    ...withRole(given, account, { roles }),
    Report: given['Report'] ?? { Enabled: false },
  };
}

/** The role of the account when it has but one, where none is given. Throws BadRequestException for one that is not clear. */
export function withRole(given: Members, account: string, { roles }: Pick<Config, 'roles'>) {
  return { RoleArn: given['RoleArn'] ?? onlyRole(account, roles) };
}

/** Throws BadRequestException where the account has another number of roles. */
export function onlyRole(account: string, roles: Config['roles']): string {
  const own = roles.filter(({ accounts }) => accounts.includes(account));
  const [role] = own;
  if (role !== undefined && own.length === 1) return role.arn;
  const found = own.length === 0 ? '' : `: ${own.map(({ arn }) => arn).join(', ')}`;
  throw new DroverError(
    'BadRequestException',
    `RoleArn: is required, for the configuration has ${own.length} roles for account ${account}${found}`,
  );
}

export function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
