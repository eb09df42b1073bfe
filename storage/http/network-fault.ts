/**
 * Why no answer came. Kept apart from StoreError, which is what remains of it after the retries and names the store.
 */
export class NetworkFault extends Error {
  constructor(
    readonly code: string,
    message: string,
    /** False when it is certain that nothing of the request was sent. */
    readonly sent: boolean,
    cause?: unknown,
  ) {
    super(message, { cause });
    this.name = 'NetworkFault';
  }
}

interface Meaning {
  readonly code: string;
  readonly text: string;
}

/** Codes of Node's sockets and resolver, of TLS, and of undici. */
const MEANING_OF_CODE: Readonly<Record<string, Meaning>> = {
  ECONNREFUSED: { code: 'ConnectionRefused', text: 'nothing listens there' },
  ECONNRESET: { code: 'ConnectionReset', text: 'the connection was closed before the answer' },
  EPIPE: { code: 'ConnectionReset', text: 'the connection was closed before the answer' },
  UND_ERR_SOCKET: { code: 'ConnectionReset', text: 'the connection was closed before the answer' },
  UND_ERR_DESTROYED: { code: 'ConnectionReset', text: 'the client was closed' },
  UND_ERR_CLOSED: { code: 'ConnectionReset', text: 'the client was closed' },
  ENOTFOUND: { code: 'HostNotFound', text: 'the host name is unknown' },
  EAI_AGAIN: { code: 'HostNotFound', text: 'the host name cannot be resolved now' },
  EHOSTUNREACH: { code: 'HostUnreachable', text: 'there is no route to the host' },
  ENETUNREACH: { code: 'HostUnreachable', text: 'there is no route to the network' },
  ETIMEDOUT: { code: 'ConnectTimeout', text: 'no connection in time' },
  UND_ERR_CONNECT_TIMEOUT: { code: 'ConnectTimeout', text: 'no connection in time' },
  UND_ERR_BODY_TIMEOUT: { code: 'RequestTimeout', text: 'the answer stopped in the middle' },
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: {
    code: 'ConnectionReset',
    text: 'the answer had another length than announced',
  },
};

/** OpenSSL's codes, as Node names them, for a chain that ends at an authority that is not known here. */
const UNKNOWN_AUTHORITY_CODES = new Set([
  'CERT_UNTRUSTED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);
const TLS_CODE = /^(?:ERR_TLS|ERR_SSL|CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|EPROTO)/;

export function networkFault(error: unknown, sent: boolean): NetworkFault {
  if (error instanceof NetworkFault) return error;
  const code = codeOf(error);
  const detail = error instanceof Error ? error.message : String(error);
  const meaning = MEANING_OF_CODE[code];
  if (meaning) return new NetworkFault(meaning.code, meaning.text, sent, error);
  if (UNKNOWN_AUTHORITY_CODES.has(code)) {
    return new NetworkFault('CertificateNotTrusted', `its certificate is not trusted (${detail})`, sent, error);
  }
  if (TLS_CODE.test(code)) return new NetworkFault('TlsError', `the TLS connection failed (${detail})`, sent, error);
  if (code.startsWith('HPE_')) {
    return new NetworkFault('InvalidAnswer', `the answer is not HTTP (${detail})`, sent, error);
  }
  return new NetworkFault('NetworkError', detail, sent, error);
}

/** When several addresses of a host were tried, the error carries one error for each. */
function codeOf(error: unknown): string {
  const { code, errors } = (error ?? {}) as { code?: unknown; errors?: unknown[] };
  if (typeof code === 'string' && code !== '') return code;
  return Array.isArray(errors) && errors.length > 0 ? codeOf(errors[0]) : '';
}
