import type { Tag } from '../../contracts/job';
import { UsageError } from '../usage-error';

/** Tags from `key=value`; the key ends at the first `=`. Throws `UsageError`. */
export function tagsOf(pairs: readonly string[], flag: string): Tag[] {
  const tags = new Map<string, string>();
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    if (at < 1) throw new UsageError(`${flag} must be key=value, not '${pair}'`);
    const key = pair.slice(0, at);
    if (tags.has(key)) throw new UsageError(`${flag} has the key '${key}' twice`);
    tags.set(key, pair.slice(at + 1));
  }
  return [...tags].map(([Key, Value]) => ({ Key, Value }));
}

export function tagsText(tags: readonly Tag[]): string {
  return tags.map(({ Key, Value }) => `${Key}=${Value}`).join(', ');
}
