import { isWorkspaceBucket } from '../access/buckets';
import type { Config } from '../config';
import type { Problem, SettingPath } from '../problems';

/** What no single setting shows: names that must be unique, and references that must lead somewhere. */
export function crossCheck(config: Config): Problem[] {
  return [...storeProblems(config), ...accountProblems(config), ...roleProblems(config), ...targetProblems(config)];
}

function storeProblems({ stores }: Config): Problem[] {
  const open = stores.filter(({ buckets }) => buckets.length === 0).map(({ name }) => name);
  const problems = repetitions(
    stores.flatMap(({ name, buckets }) =>
      buckets.map((bucket, index) => ({ value: bucket, path: ['stores', name, 'buckets', index], owner: name })),
    ),
    (owner) => `this bucket is also named under the store ${owner}`,
  );
  if (open.length > 1) {
    const message = `only one store may go without buckets, and ${open.join(', ')} do: name the buckets of the others`;
    problems.push({ path: ['stores', open[1] ?? ''], message });
  }
  return problems;
}

function accountProblems({ accounts }: Config): Problem[] {
  const ids = accounts.map(({ id }, index) => ({ value: id, path: ['accounts', index, 'id'], owner: String(index) }));
  const keys = accounts.flatMap(({ id, keys: own }, account) =>
    own.map(({ accessKeyId }, index) => ({
      value: accessKeyId,
      path: ['accounts', account, 'keys', index, 'accessKeyId'],
      owner: id,
    })),
  );
  return [
    ...repetitions(ids, (owner) => `this account is also at accounts[${owner}]`),
    ...repetitions(keys, (owner) => `this access key is also one of account ${owner}`),
  ];
}

function roleProblems({ roles, accounts, workspace }: Config): Problem[] {
  const arns = roles.map(({ arn }, index) => ({ value: arn, path: ['roles', index, 'arn'], owner: String(index) }));
  const known = new Set(accounts.map(({ id }) => id));
  const strangers = roles.flatMap(({ accounts: named }, index) =>
    named
      .filter((id) => !known.has(id))
      .map((id) => ({ path: ['roles', index, 'accounts'], message: `unknown account ${id}` })),
  );
  const webhooks = roles.flatMap(({ webhooks: own }, role) =>
    repetitions(
      own.map(({ url }, index) => ({
        value: url,
        path: ['roles', role, 'webhooks', index, 'url'],
        owner: String(index),
      })),
      (owner) => `this address is also at roles[${role}].webhooks[${owner}]`,
    ),
  );
  const forbidden = roles.flatMap((role, index) =>
    (['read', 'write'] as const).flatMap((access) =>
      role[access].flatMap((bucket, at) =>
        isWorkspaceBucket(workspace, bucket)
          ? [
              {
                path: ['roles', index, access, at],
                message: 'is the bucket of the workspace, which roles cannot use: remove it',
              },
            ]
          : [],
      ),
    ),
  );
  return [
    ...repetitions(arns, (owner) => `this role is also at roles[${owner}]`),
    ...strangers,
    ...webhooks,
    ...forbidden,
  ];
}

function targetProblems({ notifications, accounts }: Config): Problem[] {
  const targets = (['webhooks', 'sns', 'eventBridge'] as const).flatMap((kind) =>
    notifications[kind].map(({ name }) => ({ value: name, path: ['notifications', kind, name], owner: kind })),
  );
  const known = new Set(accounts.map(({ id }) => id));
  const strangers = notifications.webhooks.flatMap(({ name, accounts: named = [] }) =>
    named
      .filter((id) => !known.has(id))
      .map((id) => ({
        path: ['notifications', 'webhooks', name, 'accounts'],
        message: `unknown account ${id}`,
      })),
  );
  return [
    ...repetitions(targets, (kind) => `this name is also one of ${kind}; names are unique among all targets`),
    ...strangers,
  ];
}

interface Named {
  readonly value: string;
  readonly path: SettingPath;
  /** What the message says of the first that has the value. */
  readonly owner: string;
}

function repetitions(items: readonly Named[], message: (firstOwner: string) => string): Problem[] {
  const first = new Map<string, Named>();
  return items.flatMap((item) => {
    const before = first.get(item.value);
    if (before !== undefined) return [{ path: item.path, message: message(before.owner) }];
    first.set(item.value, item);
    return [];
  });
}
