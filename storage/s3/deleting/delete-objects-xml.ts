import type { WrittenBody } from '../../aws/operation';
import type { DeletedKeys, DeleteObjectsInput } from '../../object-store';
import { escapeXml, unescapeXml } from '../xml-text';

type DeletedKey = DeletedKeys['deleted'][number];
type ObjectIdentifier = NonNullable<NonNullable<DeleteObjectsInput['Delete']>['Objects']>[number];

const HEAD = '<?xml version="1.0" encoding="UTF-8"?><Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/">';
/** The common form of the answer; the SDK reads other forms of the same XML. */
const PLAIN_RESULT = /^(?:<\?xml[^>]*\?>)?\s*<DeleteResult[\s/>]/;

/** The body of DeleteObjects, as the SDK's serializer writes it (a thousand keys in a twentieth of the time). */
export function writeDelete(input: object): WrittenBody {
  const { Delete, ...rest } = input as DeleteObjectsInput;
  let xml = HEAD;
  for (const each of Delete?.Objects ?? []) xml += objectXml(each);
  if (Delete?.Quiet !== undefined) xml += `<Quiet>${String(Delete.Quiet)}</Quiet>`;
  return { text: `${xml}</Delete>`, rest: { ...rest, Delete: { Objects: [] } } };
}

function objectXml({ Key = '', VersionId, ETag, LastModifiedTime, Size }: ObjectIdentifier): string {
  let xml = `<Object><Key>${escapeXml(Key)}</Key>`;
  if (VersionId !== undefined) xml += `<VersionId>${escapeXml(VersionId)}</VersionId>`;
  if (ETag !== undefined) xml += `<ETag>${escapeXml(ETag)}</ETag>`;
  if (LastModifiedTime !== undefined) xml += `<LastModifiedTime>${LastModifiedTime.toUTCString()}</LastModifiedTime>`;
  if (Size !== undefined) xml += `<Size>${String(Size)}</Size>`;
  return `${xml}</Object>`;
}

/** What the answer tells of each key; undefined when it is not in the form that all known stores give it. */
export function readDeleteResult(xml: string): DeletedKeys | undefined {
  if (!PLAIN_RESULT.test(xml) || xml.includes('<![CDATA[')) return undefined;
  const deleted: DeletedKey[] = [];
  for (const block of blocks(xml, '<Deleted>', '</Deleted>')) deleted.push(keyOf(block));
  const errors: DeletedKeys['errors'][number][] = [];
  for (const block of blocks(xml, '<Error>', '</Error>')) {
    const code = textOf(block, '<Code>', '</Code>') ?? '';
    errors.push({ ...keyOf(block), code, message: textOf(block, '<Message>', '</Message>') ?? '' });
  }
  return { deleted, errors };
}

function* blocks(xml: string, open: string, close: string): Generator<string> {
  for (let at = xml.indexOf(open); at >= 0; at = xml.indexOf(open, at)) {
    const start = at + open.length;
    const end = xml.indexOf(close, start);
    if (end < 0) return;
    yield xml.slice(start, end);
    at = end + close.length;
  }
}

function keyOf(block: string): DeletedKey {
  const key = textOf(block, '<Key>', '</Key>') ?? '';
  const versionId = textOf(block, '<VersionId>', '</VersionId>');
  return versionId === undefined || versionId === '' ? { key } : { key, versionId };
}

function textOf(block: string, open: string, close: string): string | undefined {
  const at = block.indexOf(open);
  if (at < 0) return undefined;
  const start = at + open.length;
  const end = block.indexOf(close, start);
  return end < 0 ? undefined : unescapeXml(block.slice(start, end));
}
