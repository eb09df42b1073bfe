/** A store that was asked and has answered nobody since. */
export interface SilentStore {
  /** As `name (endpoint, region)`. */
  readonly place: string;
  /** The request that has waited longest. */
  readonly operation: string;
  /** Its bucket. */
  readonly resource: string;
  /** Milliseconds since 1970. */
  readonly sinceMs: number;
  /** Ids of the owners whose requests wait. */
  readonly owners: readonly string[];
}

/** A call that may take several requests. */
export interface Asked {
  readonly operation: string;
  readonly resource: string;
  readonly owner: string | undefined;
  /** When the first request was sent that has no answer yet, repeats included. */
  sinceMs: number | undefined;
}

/** Requests that were given up so long ago say nothing of a new one. */
const FORGOTTEN_MS = 5_000;

/** What one store owes an answer to, and for how long it has answered nobody. */
export class Hearing {
  private readonly open = new Set<Asked>();
  /** Calls in `open` with a request that has no answer. */
  private waiting = 0;
  private owedSinceMs: number | undefined;
  /** When a call was last given up without an answer. */
  private givenUpMs = 0;

  constructor(
    readonly place: string,
    private readonly now: () => number = Date.now,
  ) {}

  begin(operation: string, resource: string, owner: string | undefined): Asked {
    const asked = { operation, resource, owner, sinceMs: undefined };
    this.open.add(asked);
    return asked;
  }

  sent(asked: Asked): void {
    if (asked.sinceMs !== undefined) return;
    const now = (asked.sinceMs = this.now());
    const isNew = this.waiting === 0 && now - this.givenUpMs > FORGOTTEN_MS;
    if (this.owedSinceMs === undefined || isNew) this.owedSinceMs = now;
    this.waiting += 1;
  }

  /** Any answer will do, a refusal as well. */
  heard(asked: Asked): void {
    if (asked.sinceMs !== undefined) this.waiting -= 1;
    asked.sinceMs = undefined;
    this.owedSinceMs = this.waiting === 0 ? undefined : this.now();
  }

  end(asked: Asked): void {
    this.open.delete(asked);
    if (asked.sinceMs === undefined) return;
    this.waiting -= 1;
    this.givenUpMs = this.now();
  }

  /** Undefined while nobody waits. An answer to one call counts for all of them. */
  get silence(): SilentStore | undefined {
    let longest: (Asked & { readonly sinceMs: number }) | undefined;
    const owners = new Set<string>();
    for (const asked of this.open) {
      const { sinceMs, owner } = asked;
      if (sinceMs === undefined || owner === undefined) continue;
      owners.add(owner);
      if (longest === undefined || sinceMs < longest.sinceMs) longest = { ...asked, sinceMs };
    }
    if (longest === undefined || this.owedSinceMs === undefined) return undefined;
    const { operation, resource } = longest;
    return { place: this.place, operation, resource, sinceMs: this.owedSinceMs, owners: [...owners] };
  }
}

/** For people: the store, since when, and the call. */
export function silenceText({ place, operation, resource, sinceMs }: SilentStore): string {
  return `the store ${place}: no answer since ${new Date(sinceMs).toISOString()} (${operation}, bucket ${resource})`;
}
