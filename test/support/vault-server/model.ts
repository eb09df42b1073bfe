/** What the vault server knows and does, without HTTP: vaults, archives, jobs and their times, after Amazon Glacier's developer guide. */
import { createHash, randomBytes } from 'node:crypto';
import { type Content, contentOf, HashTree } from './content';

const HOUR_MS = 60 * 60 * 1_000;
const DAY_MS = 24 * HOUR_MS;
const MIB = 1024 * 1024;
const REGION = 'us-east-1';
const ACCOUNT = '123456789012';

export type Tier = 'Expedited' | 'Standard' | 'Bulk';

export interface Archive {
  readonly id: string;
  readonly description: string;
  readonly createdAt: Date;
  readonly content: Content;
  readonly hashes: HashTree;
}

export interface Job {
  readonly id: string;
  readonly action: 'ArchiveRetrieval' | 'InventoryRetrieval';
  readonly description: string | null;
  readonly tier: Tier;
  readonly createdMs: number;
  readonly completesMs: number;
  readonly archive?: Archive;
  /** `first-last`, both included. */
  readonly range?: string;
  readonly output: Content;
  readonly failure?: string;
}

export interface Vault {
  readonly name: string;
  readonly createdMs: number;
  readonly archives: Map<string, Archive>;
  readonly jobs: Map<string, Job>;
  /** What the service has counted, once a day. */
  inventory?: { readonly takenMs: number; readonly archives: readonly Archive[] };
  writtenMs: number;
}

export class Refusal extends Error {
  constructor(
    readonly code: string,
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

export interface VaultSettings {
  /** How long jobs take. */
  readonly tierMs?: Partial<Record<Tier | 'Inventory', number>>;
  readonly now?: () => number;
}

/** Times of the developer guide, "Archive Retrieval Options". */
const TIER_MS: Record<Tier | 'Inventory', number> = {
  Expedited: 5 * 60 * 1_000,
  Standard: 5 * HOUR_MS,
  Bulk: 12 * HOUR_MS,
  Inventory: 5 * HOUR_MS,
};

export class VaultModel {
  readonly vaults = new Map<string, Vault>();
  /** The data retrieval policy; absent: no limit. */
  policyBytesPerHour: number | undefined;
  hasExpeditedCapacity = true;
  /** Archives whose retrieval ends so, with the message of the job. */
  readonly failing = new Map<string, string>();
  /** Ids of archives in the order in which retrievals of them were started. */
  readonly retrievals: string[] = [];
  private skewMs = 0;
  private made = 0;

  constructor(private readonly settings: VaultSettings = {}) {}

  now(): number {
    return (this.settings.now ?? Date.now)() + this.skewMs;
  }

  advance(ms: number): void {
    this.skewMs += ms;
  }

  createVault(name: string): Vault {
    const vault = { name, createdMs: this.now(), archives: new Map(), jobs: new Map(), writtenMs: 0 } as Vault;
    this.vaults.set(name, vault);
    return vault;
  }

  vault(name: string): Vault {
    const vault = this.vaults.get(name);
    if (vault) return vault;
    throw notFound(`Vault not found for ARN: ${arnOf(name)}`);
  }

  /** Every third id begins with a minus, as one in 64 does on AWS. */
  store(
    vaultName: string,
    content: Content | string | Uint8Array,
    { description = '', createdAt = new Date(this.now()) } = {},
  ): Archive {
    const vault = this.vault(vaultName);
    const body = typeof content === 'string' || content instanceof Uint8Array ? contentOf(content) : content;
    const id = (this.made++ % 3 === 0 ? '-' : 'k') + randomBytes(103).toString('base64url').slice(0, 137);
    const archive = { id, description, createdAt, content: body, hashes: new HashTree(body) };
    vault.archives.set(id, archive);
    vault.writtenMs = this.now();
    return archive;
  }

  takeInventory(vaultName: string): void {
    const vault = this.vault(vaultName);
    vault.inventory = { takenMs: this.now(), archives: [...vault.archives.values()] };
  }

  /** "You can delete a vault only if there are no archives in it as of the last inventory and none was written since." */
  deleteVault(name: string): void {
    const vault = this.vault(name);
    const { inventory } = vault;
    const isKnownEmpty = inventory ? inventory.archives.length === 0 : vault.writtenMs === 0;
    const isWrittenSince = vault.writtenMs > (inventory?.takenMs ?? 0);
    if (!isKnownEmpty || isWrittenSince) {
      throw invalid(`Vault not empty or recently written to: ${arnOf(name)}`);
    }
    this.vaults.delete(name);
  }

  deleteArchive(vaultName: string, id: string): void {
    const vault = this.vault(vaultName);
    if (vault.archives.delete(id)) vault.writtenMs = this.now();
  }

  start(vaultName: string, given: Record<string, unknown>): Job {
    const vault = this.vault(vaultName);
    const job =
      given['Type'] === 'inventory-retrieval' ? this.inventoryJob(vault, given) : this.archiveJob(vault, given);
    vault.jobs.set(job.id, job);
    return job;
  }

  private archiveJob(vault: Vault, given: Record<string, unknown>): Job {
    const { Type, ArchiveId, Tier = 'Standard', Description = null, RetrievalByteRange } = given;
    if (Type !== 'archive-retrieval') throw invalid('Invalid job type');
    if (typeof ArchiveId !== 'string') throw new Refusal('MissingParameterValueException', 400, 'ArchiveId is missing');
    const archive = vault.archives.get(ArchiveId);
    if (!archive) throw notFound(`The archive ID was not found: ${ArchiveId}`);
    const tier = tierOf(Tier);
    const { start, end } = rangeOf(RetrievalByteRange, archive.content.bytes);
    if (tier === 'Expedited' && !this.hasExpeditedCapacity) {
      throw new Refusal('InsufficientCapacityException', 503, 'Insufficient capacity to process expedited retrieval');
    }
    this.enforcePolicy(end - start);
    this.retrievals.push(ArchiveId);
    const createdMs = this.now();
    const failure = this.failing.get(ArchiveId);
    return {
      id: jobId(),
      action: 'ArchiveRetrieval',
      description: descriptionOf(Description),
      tier,
      createdMs,
      completesMs: createdMs + this.lasts(tier),
      archive,
      range: `${start}-${end - 1}`,
      output: { bytes: end - start, slice: (from, to) => archive.content.slice(start + from, start + to) },
      ...(failure === undefined ? {} : { failure }),
    };
  }

  private inventoryJob(vault: Vault, { Description = null, Format = 'JSON' }: Record<string, unknown>): Job {
    if (Format !== 'JSON') throw invalid('No such format here');
    // A vault without an inventory has none to be retrieved ("Vault Inventory").
    if (!vault.inventory) throw notFound(`Inventory not available for vault: ${arnOf(vault.name)}`);
    const createdMs = this.now();
    const output = contentOf(inventoryText(vault, vault.inventory));
    const completesMs = createdMs + this.lasts('Inventory');
    const description = descriptionOf(Description);
    return { id: jobId(), action: 'InventoryRetrieval', description, tier: 'Standard', createdMs, completesMs, output };
  }

  private lasts(kind: Tier | 'Inventory'): number {
    return this.settings.tierMs?.[kind] ?? TIER_MS[kind];
  }

  private enforcePolicy(bytes: number): void {
    if (this.policyBytesPerHour === undefined) return;
    let asked = bytes;
    for (const { jobs } of this.vaults.values()) {
      for (const job of jobs.values()) {
        if (job.archive && job.createdMs > this.now() - HOUR_MS) asked += job.output.bytes;
      }
    }
    if (asked <= this.policyBytesPerHour) return;
    throw new Refusal('PolicyEnforcedException', 400, 'InitiateJob request denied by current data retrieval policy.');
  }

  /** Jobs that the service still knows. */
  jobs(vaultName: string): readonly Job[] {
    const { jobs } = this.vault(vaultName);
    for (const [id, job] of jobs) if (this.now() >= job.completesMs + DAY_MS) jobs.delete(id);
    return [...jobs.values()];
  }

  output(vaultName: string, id: string): Job {
    const job = this.jobs(vaultName).find((one) => one.id === id);
    if (!job) throw notFound(`The job ID was not found: ${id}`);
    if (this.now() < job.completesMs || job.failure !== undefined) {
      throw invalid(`The job is not currently available for download: ${id}`);
    }
    return job;
  }

  statusOf({ completesMs, failure }: Job): 'InProgress' | 'Succeeded' | 'Failed' {
    if (this.now() < completesMs) return 'InProgress';
    return failure === undefined ? 'Succeeded' : 'Failed';
  }
}

export function arnOf(vault: string): string {
  return `arn:aws:glacier:${REGION}:${ACCOUNT}:vaults/${vault}`;
}

export function notFound(message: string): Refusal {
  return new Refusal('ResourceNotFoundException', 404, message);
}

export function invalid(message: string): Refusal {
  return new Refusal('InvalidParameterValueException', 400, message);
}

/** Megabyte-aligned (API_InitiateJob, `RetrievalByteRange`): from a whole mebibyte to a whole one, or to the end. */
function rangeOf(text: unknown, bytes: number): { start: number; end: number } {
  if (text === undefined || text === null) return { start: 0, end: bytes };
  const [, from, to] = /^(\d+)-(\d+)$/.exec(typeof text === 'string' ? text : '') ?? [];
  const start = Number(from);
  const end = Number(to) + 1;
  const isAligned = start % MIB === 0 && (end % MIB === 0 || end === bytes) && start < end && end <= bytes;
  if (!isAligned) throw invalid('Invalid range');
  return { start, end };
}

function tierOf(tier: unknown): Tier {
  if (tier === 'Expedited' || tier === 'Standard' || tier === 'Bulk') return tier;
  throw invalid('Invalid tier');
}

function descriptionOf(text: unknown): string | null {
  if (text === null) return null;
  if (typeof text === 'string' && /^[ -~]{0,1024}$/.test(text)) return text;
  throw invalid('Invalid job description');
}

function jobId(): string {
  return randomBytes(69).toString('base64url');
}

function inventoryText(vault: Vault, { takenMs, archives }: NonNullable<Vault['inventory']>): string {
  return JSON.stringify({
    VaultARN: arnOf(vault.name),
    InventoryDate: new Date(takenMs).toISOString(),
    ArchiveList: archives.map(({ id, description, createdAt, content, hashes }) => ({
      ArchiveId: id,
      ArchiveDescription: description,
      CreationDate: createdAt.toISOString().replace(/\.\d+Z$/, 'Z'),
      Size: content.bytes,
      SHA256TreeHash: hashes.root,
    })),
  });
}

export function sha256(body: Uint8Array): string {
  return createHash('sha256').update(body).digest('hex');
}
