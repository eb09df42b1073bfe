import type { ProfileSettings, StoreProfile } from '../../contracts/store-profile';
import { AS_ON_AWS, KNOWN_STORES } from './known-stores';

/** Members that a refusal tells of without harm. */
export type LearnedMember = Exclude<
  keyof StoreProfile,
  | 'confirmsDeletion'
  | 'copyObjectBytesMax'
  | 'listingOrder'
  | 'startAfter'
  | 'restoreInListings'
  | 'metadataUtf8'
  | 'updatesEncryption'
>;

/**
 * What an answer shows to be understood. A store may take `x-amz-checksum-mode` of reads and not the checksums of bodies, and ETags of the
 * source of a copy and not its dates.
 */
export type Shown = LearnedMember | 'checksumMode' | 'sourceMatch' | 'sourceDates';

/** What is known with a member. */
const WITH: Readonly<Partial<Record<keyof StoreProfile, readonly Shown[]>>> = {
  checksumHeaders: ['checksumMode'],
  conditionalSource: ['sourceMatch', 'sourceDates'],
};

/** A proof that tells nothing, for the request is refused for something else, is tried so often. */
const PROOFS_MAX = 3;

/**
 * What is known of one store: what is configured, and else what its answers have told since the process began. One for all
 * credentials that the store is used with.
 */
export class Knowledge {
  private readonly settled: Set<keyof StoreProfile | Shown>;
  private readonly proving = new Map<Shown, Promise<unknown>>();
  private readonly proofs = new Map<Shown, number>();
  private current: StoreProfile;

  constructor(settings: ProfileSettings = {}) {
    const { name, ...members } = settings;
    const known = { ...(name && KNOWN_STORES[name].members), ...members };
    this.settled = new Set();
    for (const member of Object.keys(known) as (keyof StoreProfile)[]) this.settle(member);
    // Never tried on the off chance: what does not know the call may store it in place of the object.
    this.current = { ...AS_ON_AWS, listingOrder: undefined, updatesEncryption: false, ...known };
  }

  get profile(): StoreProfile {
    return this.current;
  }

  /** False once it is configured, or an answer has shown it. */
  isOpen(shown: Shown): boolean {
    return !this.settled.has(shown);
  }

  confirm(shown: Shown): void {
    this.settled.add(shown);
  }

  learn(member: LearnedMember, value: boolean): void {
    this.settle(member);
    this.current = { ...this.current, [member]: value };
  }

  /** One proof at a time: what is known then is known to all who wait. Undefined when there is nothing to prove any more. */
  async prove<Found>(shown: Shown, proof: () => Promise<Found>): Promise<Found | undefined> {
    for (;;) {
      const running = this.proving.get(shown);
      if (running === undefined) break;
      await running;
    }
    const tried = this.proofs.get(shown) ?? 0;
    if (!this.isOpen(shown) || tried >= PROOFS_MAX) return undefined;
    this.proofs.set(shown, tried + 1);
    const found = proof();
    this.proving.set(
      shown,
      found.catch(() => undefined),
    );
    try {
      return await found;
    } finally {
      this.proving.delete(shown);
    }
  }

  private settle(member: keyof StoreProfile): void {
    this.settled.add(member);
    for (const shown of WITH[member] ?? []) this.settled.add(shown);
  }
}
