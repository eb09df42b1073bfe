import type { DroverError } from '../../contracts/engine/failures';

/** S3 Control's error document, the wrapped form: clients find the typed error by its code. */
export function errorXml(error: DroverError, requestId: string, hostId: string): string {
  const message = `${error.message}${/[.!?]$/.test(error.message) ? '' : '.'} ${error.advice}`;
  return (
    '<?xml version="1.0" encoding="UTF-8"?>\n' +
    `<ErrorResponse><Error><Code>${error.code}</Code><Message>${escapeXml(message)}</Message></Error>` +
    `<RequestId>${escapeXml(requestId)}</RequestId><HostId>${escapeXml(hostId)}</HostId></ErrorResponse>`
  );
}

function escapeXml(text: string): string {
  return (
    text
      // XML 1.0 has no way to write these at all (section 2.2).
      .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
  );
}
