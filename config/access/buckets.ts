import type { Config, RoleConfig, RoleWebhookConfig, StoreConfig } from '../config';
import { allowingPrefix } from './url-prefix';

const ANY = '*';

/** Whether one of the patterns is the bucket's name, or matches it: `*` stands for any characters, none included. */
export function matchesBucket(patterns: readonly string[], bucket: string): boolean {
  return patterns.some((pattern) => matches(pattern, bucket));
}

/**
 * The store that a bucket lives in. The exact name wins over a pattern, the longer pattern over the shorter (the first of
 * equals); a store without buckets takes what no other one names. Undefined when none does.
 */
export function storeOf(stores: readonly StoreConfig[], bucket: string): StoreConfig | undefined {
  let best: StoreConfig | undefined;
  let bestRank = -1;
  for (const store of stores) {
    const rank = rankOf(store, bucket);
    if (rank > bestRank) [best, bestRank] = [store, rank];
  }
  return best;
}

/** -1: does not live there. */
function rankOf({ buckets }: StoreConfig, bucket: string): number {
  if (buckets.length === 0) return 0;
  if (buckets.includes(bucket)) return Number.POSITIVE_INFINITY;
  return Math.max(-1, ...buckets.filter((pattern) => matches(pattern, bucket)).map(({ length }) => length));
}

/**
 * Whether the bucket is Drover's own, which no job may use. By its name alone: whether an endpoint is another way to the same
 * store can't be told, and there are stores that don't tell upper case from lower.
 */
export function isWorkspaceBucket({ bucket: own }: Pick<Config['workspace'], 'bucket'>, bucket: string): boolean {
  return bucket.toLowerCase() === own.toLowerCase();
}

/** What may be written may be read: a role that changes objects in place also looks at them. */
export function roleMay(role: Pick<RoleConfig, 'read' | 'write'>, bucket: string, access: 'read' | 'write'): boolean {
  return matchesBucket(role.write, bucket) || (access === 'read' && matchesBucket(role.read, bucket));
}

/**
 * Whether the role may invoke a function. A pattern that begins with `arn:` is compared with the whole ARN, as IAM does, so
 * that a version or alias needs its own pattern or a `*`; any other one with the name of a function of the role's own account,
 * whichever the version. `*` alone stands for all. Takes what Invoke takes: an ARN, `account:function:name` or a name.
 */
export function functionAllowed(role: Pick<RoleConfig, 'arn' | 'functions'>, functionArn: string): boolean {
  const name = ownFunction(functionArn, role.arn.split(':')[4] ?? '');
  return role.functions.some((pattern) => {
    if (pattern === ANY || pattern.startsWith('arn:')) return matches(pattern, functionArn);
    return name !== undefined && matches(pattern, name);
  });
}

/** Name of a function of the account; undefined for another account's, and for what could be read as one. */
function ownFunction(functionArn: string, account: string): string | undefined {
  const parts = functionArn.split(':');
  if (parts.length <= 2 && parts[0] !== 'arn') return parts[0];
  if (parts[0] === 'arn') parts.splice(0, 4);
  const [owner, kind, name] = parts;
  return kind === 'function' && owner === account && account !== '' ? name : undefined;
}

export function vaultAllowed(
  { vaults }: Pick<RoleConfig, 'vaults'>,
  vault: string,
  access: 'retrieve' | 'delete',
): boolean {
  if (vaults === undefined) return false;
  return (
    matchesBucket(vaults.deleteArchives, vault) || (access === 'retrieve' && matchesBucket(vaults.retrieve, vault))
  );
}

/** Whether the role's jobs may call an address with HttpInvoke. */
export function urlAllowed(role: Pick<RoleConfig, 'webhooks'>, url: string): boolean {
  return webhookOf(role, url) !== undefined;
}

/** The entry that allows an address: the longest that fits. */
export function webhookOf({ webhooks }: Pick<RoleConfig, 'webhooks'>, url: string): RoleWebhookConfig | undefined {
  const prefix = allowingPrefix(
    webhooks.map((webhook) => webhook.url),
    url,
  );
  return webhooks.find((webhook) => webhook.url === prefix);
}

/** No backtracking: what stands between two `*` is taken where it first occurs, which leaves most for the rest. */
function matches(pattern: string, text: string): boolean {
  const [head = '', ...pieces] = pattern.split(ANY);
  const tail = pieces.pop();
  if (tail === undefined) return pattern === text;
  const end = text.length - tail.length;
  if (end < head.length || !text.startsWith(head) || !text.endsWith(tail)) return false;
  let at = head.length;
  for (const piece of pieces) {
    const found = text.indexOf(piece, at);
    if (found === -1 || found + piece.length > end) return false;
    at = found + piece.length;
  }
  return true;
}
