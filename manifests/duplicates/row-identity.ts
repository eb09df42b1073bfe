import { type ManifestRow, parseBatch } from '../csv/csv-rows';
import { CANONICAL_FORM } from '../segments/canonical-row';
import type { ManifestForm } from '../segments/segment-table';
import { respelled } from './respelled';
import { findEnds, type RowBlock } from './row-blocks';

/** Bytes of lines, one for each row: those of two rows are the same exactly where bucket, key and version id are. */
export type Identities = Pick<RowBlock, 'bytes' | 'ends' | 'count'>;

/** Rows with one of these are taken apart; all others are lines whose commas end their fields. */
const QUOTED = ['"', '\r'] as const;
/** A text without them is spelled one way. */
const ENCODED = ['%', '+'] as const;
const TO_ESCAPE = /[%+",\r\n]/g;

/** How rows of a form are compared. Rows that were written here are spelled one way, and are compared as they stand. */
export function identitiesOf(form: ManifestForm): (block: RowBlock) => Identities {
  if (isCanonical(form)) return (block) => block;
  const isNamesAlone = ['Bucket,Key', 'Bucket,Key,VersionId'].includes(form.fields.join());
  return (block) => {
    const { bytes } = block;
    if (!isNamesAlone || QUOTED.some((character) => bytes.includes(character))) return decoded(block, form);
    if (!ENCODED.some((character) => bytes.includes(character))) return block;
    return respelled(block, form.keyEncoding !== 'Raw');
  };
}

function isCanonical({ fields, keyEncoding = 'Url', emptyVersionId }: ManifestForm): boolean {
  const { fields: canonical, emptyVersionId: newest } = CANONICAL_FORM;
  return keyEncoding === 'Url' && emptyVersionId === newest && fields.join() === canonical.join();
}

function decoded({ bytes, count }: RowBlock, form: ManifestForm): Identities {
  const hasVersions = form.fields.includes('VersionId');
  const lines = parseBatch(bytes, form.fields, 0, form).map((row) => identity(row, hasVersions));
  const text = Buffer.from(lines.join(''));
  const ends = new Uint32Array(count);
  return { bytes: text, ends, count: findEnds(text, ends) };
}

/**
 * As a row without quotation marks is respelled. A key that can't be decoded is the same as none but itself: `+` stands in no
 * other identity. Where one is respelled, its bytes are no UTF-8, which those of a key that can be decoded are.
 */
function identity({ task: { bucket, key, versionId = '' }, refused }: ManifestRow, hasVersions: boolean): string {
  const isUndecoded = refused?.message.includes('invalid Key') === true;
  const names = `${isUndecoded ? '+' : ''}${escaped(bucket)},${escaped(key)}`;
  return hasVersions ? `${names},${escaped(versionId)}\n` : `${names}\n`;
}

function escaped(text: string): string {
  return text.replace(TO_ESCAPE, (character) => encodeURIComponent(character));
}
