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

/** What an answer shows to be understood. A store may take `x-amz-checksum-mode` of reads and not the checksums of bodies. */
export type Shown = LearnedMember | 'checksumMode';

/**
 * What is known of one store: what is configured, and else what its answers have told since the process began. One for all
 * credentials that the store is used with.
 */
export class Knowledge {
  private readonly settled: Set<keyof StoreProfile | Shown>;
  private current: StoreProfile;

  constructor(settings: ProfileSettings = {}) {
    const { name, ...members } = settings;
    const known = { ...(name && KNOWN_STORES[name].members), ...members };
    this.settled = new Set(Object.keys(known) as (keyof StoreProfile)[]);
    if (this.settled.has('checksumHeaders')) this.settled.add('checksumMode');
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
    this.settled.add(member);
    if (member === 'checksumHeaders') this.settled.add('checksumMode');
    this.current = { ...this.current, [member]: value };
  }
}
