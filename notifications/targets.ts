import type { NotificationConfig } from '../config/config';
import { LIMITS } from '../contracts/limits';

/** Names of all targets that want to know of this account's jobs. Recorded with a job when it is created. */
export function notificationTargets(config: NotificationConfig, account: string): readonly string[] {
  const webhooks = config.webhooks.filter(({ accounts }) => accounts?.includes(account) ?? true);
  return [...webhooks, ...config.sns, ...config.eventBridge].map(({ name }) => name);
}

/** A URL that different programs may read differently: control characters, blanks, backslashes. */
const AMBIGUOUS = /[\s\p{Cc}\\]/u;
/** Encoded separators and dots, and dot segments with parameters (`..;`): some servers take them for steps upwards. */
const DISGUISED_STEP = /%(?:2e|2f|5c|00)|(?:^|\/)\.{1,2}(?:;|\/|$)/i;

/**
 * Whether a job may bring this webhook: scheme, host and port are those of an allowed prefix, and the path is the prefix's or
 * lies below it. `https://a.example/hooks` allows `/hooks` and `/hooks/x?y`, not `/hooksx`. There are no wildcards; a prefix
 * that is no such URL itself allows nothing.
 */
export function isAllowedWebhook(config: Pick<NotificationConfig, 'jobWebhooks'>, url: string): boolean {
  const wanted = parsed(url);
  if (!wanted) return false;
  return config.jobWebhooks.allow.some((prefix) => {
    const allowed = parsed(prefix);
    return allowed !== undefined && allowed.search === '' && isBelow(wanted, allowed);
  });
}

function isBelow(wanted: URL, allowed: URL): boolean {
  // `origin` has scheme, host and port, the default port left out.
  if (wanted.origin !== allowed.origin) return false;
  const folder = allowed.pathname.endsWith('/') ? allowed.pathname : `${allowed.pathname}/`;
  return wanted.pathname === allowed.pathname || wanted.pathname.startsWith(folder);
}

function parsed(text: string): URL | undefined {
  if (text.length > LIMITS.notificationUrlCharsMax || AMBIGUOUS.test(text) || text.includes('#')) return undefined;
  // The parser resolves plain dot segments, and would hide them.
  const [beforeQuery = ''] = text.split('?');
  if (DISGUISED_STEP.test(beforeQuery.replace(/^[^:]*:\/*[^/]*/, ''))) return undefined;
  if (!/^https?:\/\/[^/]/i.test(text) || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  return url.username === '' && url.password === '' && !text.slice(0, authorityEnd(text)).includes('@')
    ? url
    : undefined;
}

/** `https://@host` has credentials, too: empty ones. */
function authorityEnd(text: string): number {
  const end = text.slice(8).search(/[/?]/);
  return end < 0 ? text.length : end + 8;
}
