import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { DroverError } from '../../contracts/engine/failures';
import { isLongUpload } from '../long-uploads';
import { newHostId, newRequestId } from '../request-id';
import { errorXml } from './errors';

/** What Node says by the code of its error; anything else is 400 (nodejs.org, http, "Event: 'clientError'"). */
const ANSWERS: Readonly<Record<string, readonly [httpStatus: number, message: string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'The header of the request is too long'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'The request did not arrive in time'],
};

/** Listener for a server's `clientError`: what is not HTTP, or no method that Node knows, is answered in S3's form too. */
export function answerUnreadable(error: NodeJS.ErrnoException, socket: Duplex): void {
  // It has a time limit of its own.
  if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT' && isLongUpload(socket)) return;
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [httpStatus, message] = ANSWERS[error.code ?? ''] ?? [400, 'The request is not HTTP as this service reads it'];
  const requestId = newRequestId();
  const body = errorXml(new DroverError('BadRequestException', message), requestId, newHostId());
  const head = [
    `HTTP/1.1 ${httpStatus} ${STATUS_CODES[httpStatus] ?? ''}`,
    'Connection: close',
    'Content-Type: application/xml; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `x-amz-request-id: ${requestId}`,
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
