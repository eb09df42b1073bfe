import type { Task } from '../../contracts/engine/outcome';
import { StoreError } from '../../storage/store-error';

/** An archive as a row of a manifest names it, with what the row's inventory has said of it. */
export interface ArchiveRow {
  readonly vault: string;
  readonly archiveId: string;
  readonly bytes?: number;
  /** ISO 8601. */
  readonly createdAt?: string;
  /** In hexadecimal digits. */
  readonly treeHash?: string;
}

const ARCHIVE_ID = /^[A-Za-z0-9_-]{1,256}$/;
const TIME = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/;
const BYTES = /^\d{1,15}$/;
const TREE_HASH = /^[0-9a-f]{64}$/;

/**
 * The version id of an archive's row: id, size, time and tree hash with dots between them, which ids do not have. Rows of
 * lists that people make may have the id alone.
 */
export function versionIdOf({ archiveId, bytes, createdAt, treeHash }: Omit<ArchiveRow, 'vault'>): string {
  const stamp = createdAt?.replace(/[-:]|\.\d+/g, '') ?? '';
  const parts = [archiveId, bytes ?? '', stamp, treeHash ?? ''];
  while (parts.at(-1) === '') parts.pop();
  return parts.join('.');
}

/** Throws `StoreError`, InvalidRequest, for a row that names no archive. */
export function archiveOf({ bucket: vault, key, versionId = key }: Task): ArchiveRow {
  const [archiveId = '', bytes = '', stamp = '', treeHash = '', ...rest] = versionId.split('.');
  if (!ARCHIVE_ID.test(archiveId) || rest.length > 0) throw noArchive(versionId);
  return {
    vault,
    archiveId,
    ...(bytes === '' ? {} : { bytes: Number(matching(bytes, BYTES, versionId)) }),
    ...(stamp === '' ? {} : { createdAt: matching(stamp, TIME, versionId).replace(TIME, '$1-$2-$3T$4:$5:$6Z') }),
    ...(treeHash === '' ? {} : { treeHash: matching(treeHash, TREE_HASH, versionId) }),
  };
}

function matching(text: string, form: RegExp, versionId: string): string {
  if (form.test(text)) return text;
  throw noArchive(versionId);
}

function noArchive(versionId: string): StoreError {
  const text = `${versionId.slice(0, 300)} names no archive: the row's version id, or its key where it has none, must be an archive id or come from an inventory of Drover's`;
  return new StoreError('InvalidRequest', 400, text);
}
