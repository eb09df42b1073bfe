import { StoreError } from '../../storage/store-error';

/** An archive as an inventory has it. */
export interface InventoryEntry {
  readonly archiveId: string;
  readonly description: string;
  /** ISO 8601. */
  readonly createdAt?: string;
  readonly bytes?: number;
  readonly treeHash?: string;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENING = [0x7b, 0x5b];
const CLOSING = [0x7d, 0x5d];
/** Brackets around an entry: those of the document and of its list. */
const LIST_DEPTH = 2;
/** Bounds an entry, and all that is around them: a description has 1,024 characters. */
const PIECE_BYTES_MAX = 64 * 1024;

/**
 * Reads an inventory in JSON ("Downloading a Vault Inventory", Amazon Glacier developer guide) as its bytes come: the inventory of a large vault has
 * gigabytes. Strings are passed over, for a description may hold brackets; outside of strings, bytes of UTF-8 beyond ASCII mean nothing here.
 */
export class InventoryText {
  private depth = 0;
  private isString = false;
  private isEscaped = false;
  /** The bytes so far of the entry that has begun. */
  private rest: Buffer = Buffer.alloc(0);
  /** All but the list's entries. */
  private readonly frame: number[] = [];

  /** Entries that end in these bytes. Throws `StoreError` for what is no inventory. */
  push(bytes: Buffer): InventoryEntry[] {
    const seen = this.rest.byteLength;
    const text = seen === 0 ? bytes : Buffer.concat([this.rest, bytes]);
    const entries: InventoryEntry[] = [];
    let begun = seen === 0 ? -1 : 0;
    for (let at = seen; at < text.byteLength; at += 1) {
      const before = this.depth;
      this.step(text[at] as number);
      if (Math.min(before, this.depth) < LIST_DEPTH) this.frame.push(text[at] as number);
      else if (before === LIST_DEPTH && this.depth > LIST_DEPTH) begun = at;
      else if (before > LIST_DEPTH && this.depth === LIST_DEPTH) {
        entries.push(entryOf(text.subarray(begun, at + 1)));
        begun = -1;
      }
    }
    this.rest = begun < 0 ? Buffer.alloc(0) : Buffer.from(text.subarray(begun));
    if (this.rest.byteLength > PIECE_BYTES_MAX || this.frame.length > PIECE_BYTES_MAX) {
      throw noInventory('it is no list of archives');
    }
    return entries;
  }

  /** When the inventory was taken, ISO 8601. Throws `StoreError` where the end is missing. */
  end(): string | undefined {
    try {
      const frame = JSON.parse(Buffer.from(this.frame).toString('utf8')) as Record<string, unknown>;
      const { InventoryDate: date } = frame;
      return isTime(date) ? new Date(date).toISOString() : undefined;
    } catch (cause) {
      throw noInventory('it is cut off, or no JSON', cause);
    }
  }

  private step(byte: number): void {
    if (this.isEscaped) this.isEscaped = false;
    else if (this.isString) {
      if (byte === BACKSLASH) this.isEscaped = true;
      else if (byte === QUOTE) this.isString = false;
    } else if (byte === QUOTE) this.isString = true;
    else if (OPENING.includes(byte)) this.depth += 1;
    else if (CLOSING.includes(byte)) this.depth -= 1;
  }
}

function entryOf(text: Buffer): InventoryEntry {
  let entry: Record<string, unknown>;
  try {
    entry = JSON.parse(text.toString('utf8')) as Record<string, unknown>;
  } catch (cause) {
    throw noInventory('an entry is no JSON', cause);
  }
  const { ArchiveId, ArchiveDescription, CreationDate, Size, SHA256TreeHash } = entry;
  if (typeof ArchiveId !== 'string') throw noInventory('an entry has no ArchiveId');
  return {
    archiveId: ArchiveId,
    description: typeof ArchiveDescription === 'string' ? ArchiveDescription : '',
    ...(isTime(CreationDate) && { createdAt: new Date(CreationDate).toISOString() }),
    ...(Number.isSafeInteger(Size) && { bytes: Size as number }),
    ...(isTreeHash(SHA256TreeHash) && { treeHash: SHA256TreeHash.toLowerCase() }),
  };
}

function isTime(value: unknown): value is string {
  return typeof value === 'string' && !Number.isNaN(Date.parse(value));
}

function isTreeHash(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{64}$/i.test(value);
}

function noInventory(why: string, cause?: unknown): StoreError {
  return new StoreError('InvalidAnswer', 200, `The vault's inventory can't be read: ${why}`, { cause });
}
