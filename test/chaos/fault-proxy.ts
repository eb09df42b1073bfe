/**
 * Stands between one process and the store, and misbehaves when told to. It writes down every request that changes something:
 * what arrives after a job's end is what the job did after its end.
 */
import { createHash } from 'node:crypto';
import { Agent, type IncomingMessage, request as sendRequest, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { listenOn, stopListening } from '../support/servers/forward';
import type { Random } from './random';
import type { FaultKind } from './script';

export interface SeenWrite {
  readonly at: number;
  readonly method: string;
  /** `bucket/key`, decoded; of a bulk delete, one for each key. */
  readonly objects: readonly string[];
}

export interface Misbehaviour {
  readonly fault: FaultKind;
  readonly share: number;
}

export interface FaultProxy {
  readonly url: string;
  readonly writes: readonly SeenWrite[];
  /** All at the same time; none when empty. */
  misbehave(faults: readonly Misbehaviour[]): void;
  /** Delays every request that changes an object, so that jobs last long enough to be interrupted. */
  delayMs: number;
  close(): Promise<void>;
}

/** As many faults in a row as a request may meet: Drover sends it five times. */
const IN_A_ROW_MAX = 3;
const SLOW_MS = 1_500;
const XML = { 'content-type': 'application/xml' };

interface Answer {
  readonly status: number;
  readonly headers: readonly string[];
  readonly body: Buffer;
}

export async function startFaultProxy(target: string, random: Random): Promise<FaultProxy> {
  const agent = new Agent({ keepAlive: true, maxSockets: 256 });
  const writes: SeenWrite[] = [];
  const streaks = new Map<string, number>();
  const state = { faults: [] as readonly Misbehaviour[], delayMs: 0 };

  const draw = (request: IncomingMessage, write: SeenWrite | undefined): FaultKind | undefined => {
    const lasting = state.faults.find(({ fault, share }) => write && isCursed(write, fault, share));
    if (lasting) return lasting.fault === 'errorEveryTime' ? 'errorAfterEffect' : 'resetAfter';
    const id = `${request.method} ${request.url}`;
    const streak = streaks.get(id) ?? 0;
    const drawn = state.faults.find(({ fault, share }) => random.chance(share) && canHave(request, fault))?.fault;
    if (drawn === undefined || streak >= IN_A_ROW_MAX) {
      streaks.delete(id);
      return drawn === 'slow' ? drawn : undefined;
    }
    streaks.set(id, streak + 1);
    return drawn;
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await bodyOf(request);
    const write = seenWrite(request, body);
    if (write) writes.push(write);
    const fault = draw(request, write);
    if (fault !== undefined && spoilBefore(fault, request, response)) return;
    if (write && state.delayMs > 0) await delay(state.delayMs);
    if (fault === 'slow') await delay(SLOW_MS);
    if (response.destroyed) return;
    const answer = await pass(agent, target, request, body);
    if (response.destroyed) return;
    spoilAfter(fault, request, response, answer);
  };

  const server = await listenOn(0, (request, response) => {
    handle(request, response).catch(() => request.socket.destroy());
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    writes,
    misbehave: (faults) => {
      state.faults = faults;
      streaks.clear();
    },
    get delayMs() {
      return state.delayMs;
    },
    set delayMs(value) {
      state.delayMs = value;
    },
    close: async () => {
      await stopListening(server);
      agent.destroy();
    },
  };
}

/** True when the request is not to reach the store. */
function spoilBefore(fault: FaultKind, request: IncomingMessage, response: ServerResponse): boolean {
  if (fault === 'resetBefore') request.socket.destroy();
  else if (fault === 'unavailable') refuse(response, 503, 'SlowDown');
  else if (fault === 'errorIn200') refuse(response, 200, 'InternalError');
  else return false;
  return true;
}

/** The store has answered: what becomes of it. */
function spoilAfter(
  fault: FaultKind | undefined,
  request: IncomingMessage,
  response: ServerResponse,
  { status, headers, body }: Answer,
): void {
  if (fault === 'errorAfterEffect') {
    refuse(response, 500, 'InternalError');
    return;
  }
  if (fault === 'resetAfter') {
    request.socket.destroy();
    return;
  }
  response.writeHead(status, headers as string[]);
  if (fault === 'cutAnswer') {
    response.write(body.subarray(0, Math.floor(body.length / 2)), () => request.socket.destroy());
  } else {
    response.end(body);
  }
}

const LASTING: readonly FaultKind[] = ['errorEveryTime', 'resetEveryTime'];
const HASHES = 1_000;

/** Always the same objects, whoever asks; never those of the workspace, which every job needs. */
function isCursed({ objects }: SeenWrite, fault: FaultKind, share: number): boolean {
  const [object = '', ...more] = objects;
  if (!LASTING.includes(fault) || more.length > 0 || !/^chaos-(source|target)\/./.test(object)) return false;
  return createHash('md5').update(object).digest().readUInt32BE(0) % HASHES < share * HASHES;
}

/** A 200 with an error in it is what copies and the end of an upload have (API_CopyObject, API_CompleteMultipartUpload). */
function canHave({ method = '', url = '', headers }: IncomingMessage, fault: FaultKind): boolean {
  if (LASTING.includes(fault)) return false;
  if (fault === 'errorIn200') {
    return headers['x-amz-copy-source'] !== undefined || (method === 'POST' && url.includes('uploadId='));
  }
  return true;
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}

function pass(agent: Agent, target: string, request: IncomingMessage, body: Buffer): Promise<Answer> {
  const { hostname, port } = new URL(target);
  const { method, url: path, rawHeaders: headers } = request;
  return new Promise((resolve, reject) => {
    const onward = sendRequest({ agent, hostname, port, method, path, headers, setHost: false }, (answer) => {
      const { statusCode: status = 502, rawHeaders } = answer;
      bodyOf(answer).then((content) => resolve({ status, headers: rawHeaders, body: content }), reject);
    });
    onward.on('error', reject);
    onward.end(body);
  });
}

function refuse(response: ServerResponse, status: number, code: string): void {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>by the fault proxy</Message></Error>`;
  response.writeHead(status, XML);
  response.end(body);
}

/** Undefined for a request that only reads. */
export function seenWrite(
  { method = '', url = '' }: Pick<IncomingMessage, 'method' | 'url'>,
  body: Buffer,
): SeenWrite | undefined {
  if (!['PUT', 'POST', 'DELETE'].includes(method)) return undefined;
  const { pathname, searchParams } = new URL(url, 'http://any');
  const path = decodeURIComponent(pathname).slice(1);
  const bulk = method === 'POST' && searchParams.has('delete');
  const objects = bulk ? keysOf(body).map((key) => `${path.replace(/\/$/, '')}/${key}`) : [path];
  return { at: Date.now(), method, objects };
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function keysOf(body: Buffer): string[] {
  const keys = [...body.toString('utf8').matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key = '']) => key);
  return keys.map((key) => key.replace(/&(\w+);/g, (whole, name: string) => ENTITIES[name] ?? whole));
}
