/**
 * Header values are octets, one character for each: what a store sent goes out again as it came, whatever it is encoded in. Here
 * they become text, to be compared with what a person writes.
 */

/** RFC 9110, 5.5: visible characters, blanks, and octets beyond ASCII (`obs-text`). */
const OCTETS = /^[\t\x20-\x7e\x80-\xff]*$/;
const ASCII = /^[\t\x20-\x7e]*$/;
/** RFC 2047, 2: `=?charset?B or Q?text?=`. */
const ENCODED_WORD = /^=\?([\w-]+)\?([BbQq])\?([^?]*)\?=$/;
const UTF8 = new TextDecoder('utf-8', { fatal: true });

/** True for what HTTP can carry as the value of a header. */
export function isHeaderOctets(value: string): boolean {
  return OCTETS.test(value);
}

/**
 * What the octets mean: UTF-8 where they are that, else Latin-1. Words encoded by RFC 2047, as Amazon S3 tells user metadata beyond
 * ASCII ("Working with object metadata", S3 user guide), are decoded.
 */
export function textOfHeader(octets: string): string {
  if (ASCII.test(octets)) return octets.includes('=?') ? decodedWords(octets) : octets;
  try {
    return UTF8.decode(Buffer.from(octets, 'latin1'));
  } catch {
    return octets;
  }
}

interface Decoded {
  readonly charset: string;
  readonly bytes: Buffer;
}

/** Blanks between two encoded words are none of the text (RFC 2047, 6.2), and a character may be cut in two between them. */
function decodedWords(octets: string): string {
  let text = '';
  let blanks = '';
  let open: Decoded | undefined;
  for (const word of octets.split(/([\t ]+)/)) {
    const decoded = decodedWord(word);
    if (decoded && open?.charset === decoded.charset) {
      open = { charset: open.charset, bytes: Buffer.concat([open.bytes, decoded.bytes]) };
      blanks = '';
    } else if (/^[\t ]*$/.test(word)) {
      blanks += word;
    } else {
      text += open ? textOf(open) + (decoded ? '' : blanks) : blanks;
      blanks = '';
      open = decoded;
      if (!decoded) text += word;
    }
  }
  return text + (open ? textOf(open) : '') + blanks;
}

/** Undefined for what is no encoded word, or in a charset that nobody knows here. */
function decodedWord(word: string): Decoded | undefined {
  const [, charset = '', encoding = '', encoded = ''] = ENCODED_WORD.exec(word) ?? [];
  if (charset === '') return undefined;
  const bytes = encoding.toUpperCase() === 'B' ? Buffer.from(encoded, 'base64') : quotedPrintable(encoded);
  try {
    const known = new TextDecoder(charset, { fatal: true });
    return { charset: known.encoding, bytes };
  } catch {
    return undefined;
  }
}

/** RFC 2047, 4.2. */
function quotedPrintable(text: string): Buffer {
  const octets = text
    .replaceAll('_', ' ')
    .replace(/=([0-9A-Fa-f]{2})/g, (_whole, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(octets, 'latin1');
}

function textOf({ charset, bytes }: Decoded): string {
  return new TextDecoder(charset).decode(bytes);
}
