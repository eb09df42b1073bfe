import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { WireRequest } from '../../../../api/auth/sigv4';

const FOLDER = join(__dirname, 'fixtures');

/** Requests of aws CLI, boto3 and the JS SDK, captured byte for byte; dummy keys. */
export interface CapturedRequest extends WireRequest {
  readonly name: string;
  readonly body: Buffer;
  /** When it was signed, in ms. */
  readonly signedAt: number;
}

export function capturedNames(): string[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith('.http'))
    .map((file) => file.replace(/\.http$/, ''))
    .sort();
}

export function captured(name: string): CapturedRequest {
  const text = readFileSync(join(FOLDER, `${name}.http`), 'utf8');
  // Comment lines, then an empty one where there are several; the request begins at its method.
  const request = text.slice(text.search(/^(GET|POST|PUT|DELETE) /m));
  const [head = '', ...rest] = request.split('\n\n');
  const [requestLine = '', ...headerLines] = head.split('\n');
  const [method = '', target = ''] = requestLine.split(' ');
  const rawHeaders = headerLines.flatMap((line) => {
    const colon = line.indexOf(': ');
    return [line.slice(0, colon), line.slice(colon + 2)];
  });
  const date = rawHeaders[rawHeaders.findIndex((header) => header.toLowerCase() === 'x-amz-date') + 1] ?? '';
  const iso = date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z');
  const body = Buffer.from(rest.join('\n\n').trim());
  return { name, method, target, rawHeaders, body, signedAt: Date.parse(iso) };
}
