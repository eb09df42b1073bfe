/** No slot is free. */
export class TableFull extends Error {}

/** 8 bytes of hash and a bit: `slotsIn` and the constructor count by them. */
const SLOT_BYTES = 8;
/** Above this, looking for a free slot takes long. */
const LOAD_MAX = 0.75;
const SLOTS_MIN = 16;

/** Slots for so many hashes, if they fit into the bytes; else as many as do. A power of two. */
export function slotsFor(hashes: number, bytesMax: number): number {
  let slots = SLOTS_MIN;
  while (slots * LOAD_MAX < hashes && slots * 2 * SLOT_BYTES <= bytesMax) slots *= 2;
  return slots;
}

export function hashesIn(slots: number): number {
  return Math.floor(slots * LOAD_MAX);
}

/** What a hash was when it was added. */
export type Seen = 'first' | 'again' | 'oftener';

/** 64-bit hashes, each once, and whether it was added more than once. Open addressing in memory of a fixed size. */
export class HashTable {
  private readonly high: Uint32Array;
  private readonly low: Uint32Array;
  private readonly again: Uint8Array;
  private readonly mask: number;
  private used = 0;

  constructor(slots: number) {
    this.high = new Uint32Array(slots);
    this.low = new Uint32Array(slots);
    this.again = new Uint8Array(slots / 8);
    this.mask = slots - 1;
  }

  clear(): void {
    this.high.fill(0);
    this.low.fill(0);
    this.again.fill(0);
    this.used = 0;
  }

  /** Throws `TableFull`. */
  add(high: number, low: number): Seen {
    const second = low === 0 && high === 0 ? 1 : low;
    const slot = this.slotOf(high, second);
    if (this.isFree(slot)) {
      if (this.used >= this.mask) throw new TableFull();
      this.used++;
      this.high[slot] = high;
      this.low[slot] = second;
      return 'first';
    }
    if (this.isMarked(slot)) return 'oftener';
    this.again[slot >>> 3]! |= 1 << (slot & 7);
    return 'again';
  }

  /** True for a hash that was added more than once. */
  isRepeated(high: number, low: number): boolean {
    const second = low === 0 && high === 0 ? 1 : low;
    const slot = this.slotOf(high, second);
    return !this.isFree(slot) && this.isMarked(slot);
  }

  /** That of the hash, or a free one. One slot is always free. */
  private slotOf(high: number, low: number): number {
    const { mask } = this;
    let slot = low & mask;
    while (!this.isFree(slot) && !(this.low[slot] === low && this.high[slot] === high)) slot = (slot + 1) & mask;
    return slot;
  }

  private isFree(slot: number): boolean {
    return this.low[slot] === 0 && this.high[slot] === 0;
  }

  private isMarked(slot: number): boolean {
    return (this.again[slot >>> 3]! & (1 << (slot & 7))) !== 0;
  }
}
