/**
 * Amazon Glacier's calls over HTTP, stricter than moto: tree hashes, aligned ranges, sizes, jobs that take their time and are
 * forgotten a day after their end, a data retrieval policy, capacity, throttling. Without SNS.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { contentOf, HashTree } from './content';
import {
  arnOf,
  invalid,
  type Job,
  notFound,
  Refusal,
  sha256,
  type Vault,
  VaultModel,
  type VaultSettings,
} from './model';

const MIB = 1024 * 1024;
/** Pages of AWS's lists are longer; short ones are turned over more often. */
const JOBS_PAGE = 50;
const VAULTS_PAGE = 10;

export interface ServedRange {
  readonly archiveId: string;
  readonly start: number;
  readonly end: number;
}

export interface VaultServer {
  readonly endpoint: string;
  readonly model: VaultModel;
  /** `METHOD /path?query` of every request. */
  readonly requests: string[];
  /** Ranges of archives that were sent to their end. */
  readonly served: ServedRange[];
  /** Answers to come that go wrong: as many as it says. */
  readonly faults: { throttled: number; damaged: number; cut: number; lostStarts: number };
  close(): Promise<void>;
}

interface Request {
  readonly method: string;
  readonly path: readonly string[];
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

type Server = Omit<VaultServer, 'close' | 'endpoint'>;

export async function startVaultServer(settings: VaultSettings = {}): Promise<VaultServer> {
  const faults = { throttled: 0, damaged: 0, cut: 0, lostStarts: 0 };
  const server: Server = { model: new VaultModel(settings), requests: [], served: [], faults };
  const http = createServer((request, response) => void answer(server, request, response));
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  return {
    ...server,
    endpoint: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    close: async () => {
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}

async function answer(server: Server, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = '', headers, url: target = '' } = incoming;
  response.on('error', () => undefined);
  try {
    const body = await buffer(incoming);
    server.requests.push(`${method} ${target}`);
    const url = new URL(target, 'http://localhost');
    const path = url.pathname.split('/').slice(1).map(decodeURIComponent);
    const request = { method, path, query: url.searchParams, headers, body };
    checkHead(request);
    if (server.faults.throttled > 0) {
      server.faults.throttled -= 1;
      throw new Refusal('ThrottlingException', 400, 'Rate exceeded');
    }
    route(server, request, response);
  } catch (error) {
    if (!(error instanceof Refusal)) {
      response.destroy();
      return;
    }
    const { code, status, message } = error;
    json(response, status, { code, message, type: status < 500 ? 'Client' : 'Server' });
  }
}

function checkHead({ headers, body }: Request): void {
  if (headers['x-amz-glacier-version'] !== '2012-06-01') {
    throw new Refusal('MissingParameterValueException', 400, 'Required parameter missing: API version');
  }
  if (!/^AWS4-HMAC-SHA256 Credential=[^ ]+\/us-east-1\/glacier\/aws4_request,/.test(headers.authorization ?? '')) {
    throw new Refusal('InvalidSignatureException', 403, 'The request is not signed for glacier in us-east-1');
  }
  const sent = headers['x-amz-content-sha256'];
  if (sent !== undefined && sent !== sha256(body)) throw invalid('x-amz-content-sha256 is not that of the body');
}

type Handler = (server: Server, call: Call, response: ServerResponse) => void;

interface Call extends Request {
  readonly vault: string;
  /** An archive's or a job's. */
  readonly id: string;
}

const HANDLERS: Readonly<Record<string, Handler>> = {
  'PUT vault'({ model }, { vault }, response) {
    model.createVault(vault);
    json(response, 201, {});
  },
  'GET vault'({ model }, { vault }, response) {
    json(response, 200, described(model.vault(vault)));
  },
  'DELETE vault'({ model }, { vault }, response) {
    model.deleteVault(vault);
    json(response, 204, undefined);
  },
  'POST vault archives': upload,
  'DELETE vault archives id'({ model }, { vault, id }, response) {
    model.deleteArchive(vault, id);
    json(response, 204, undefined);
  },
  'POST vault jobs': startJob,
  'GET vault jobs': listJobs,
  'GET vault jobs id output'(server, call, response) {
    sendOutput(server, server.model.output(call.vault, call.id), call, response);
  },
  'GET ': listVaults,
};

function route(server: Server, request: Request, response: ServerResponse): void {
  const [account, vaults, vault, of, id, output] = request.path;
  if (account !== '-' || vaults !== 'vaults') throw notFound('No such resource');
  const name = [vault && 'vault', of, id && 'id', output].filter(Boolean).join(' ');
  const handler = HANDLERS[`${request.method} ${name}`];
  if (!handler) throw notFound(`No such resource: ${name}`);
  handler(server, { ...request, vault: vault ?? '', id: id ?? '' }, response);
}

function json(response: ServerResponse, status: number, body: object | undefined): void {
  response.writeHead(status, { 'content-type': 'application/json', 'x-amzn-requestid': 'request-1' });
  response.end(body && JSON.stringify(body));
}

function described(vault: Vault): object {
  const { inventory } = vault;
  return {
    VaultName: vault.name,
    VaultARN: arnOf(vault.name),
    CreationDate: new Date(vault.createdMs).toISOString(),
    LastInventoryDate: inventory ? new Date(inventory.takenMs).toISOString() : null,
    NumberOfArchives: inventory?.archives.length ?? 0,
    SizeInBytes: inventory?.archives.reduce((sum, { content }) => sum + content.bytes, 0) ?? 0,
  };
}

/** `marker`: the number of the first entry. */
function page<Entry>(
  entries: readonly Entry[],
  { query }: Request,
  most: number,
): { some: Entry[]; Marker: string | null } {
  const limit = Number(query.get('limit') ?? most);
  if (!(limit >= 1 && limit <= most)) throw invalid(`Invalid limit: ${limit}`);
  const first = Number(query.get('marker') ?? 0);
  const end = first + limit;
  return { some: entries.slice(first, end), Marker: end < entries.length ? String(end) : null };
}

function listVaults({ model }: Server, request: Call, response: ServerResponse): void {
  const { some, Marker } = page([...model.vaults.values()], request, VAULTS_PAGE);
  json(response, 200, { VaultList: some.map(described), Marker });
}

function upload({ model }: Server, { vault, headers, body }: Call, response: ServerResponse): void {
  const { root } = new HashTree(contentOf(body));
  if (headers['x-amz-sha256-tree-hash'] !== root) throw invalid('x-amz-sha256-tree-hash is not that of the body');
  if (body.byteLength === 0) throw invalid('An archive has a byte at least');
  const description = String(headers['x-amz-archive-description'] ?? '');
  const { id } = model.store(vault, body, { description });
  response.setHeader('x-amz-archive-id', id);
  response.setHeader('x-amz-sha256-tree-hash', root);
  json(response, 201, {});
}

function startJob(server: Server, { vault, body }: Call, response: ServerResponse): void {
  const { id } = server.model.start(vault, JSON.parse(body.toString('utf8')) as Record<string, unknown>);
  if (server.faults.lostStarts > 0) {
    server.faults.lostStarts -= 1;
    response.destroy();
    return;
  }
  response.setHeader('x-amz-job-id', id);
  response.setHeader('location', `/-/vaults/${vault}/jobs/${id}`);
  json(response, 202, {});
}

function listJobs({ model }: Server, call: Call, response: ServerResponse): void {
  const { some, Marker } = page(model.jobs(call.vault), call, JOBS_PAGE);
  json(response, 200, { JobList: some.map((job) => describedJob(model, call.vault, job)), Marker });
}

function describedJob(model: VaultModel, vault: string, job: Job): object {
  const StatusCode = model.statusOf(job);
  const isDone = StatusCode !== 'InProgress';
  const { archive } = job;
  return {
    JobId: job.id,
    VaultARN: arnOf(vault),
    Action: job.action,
    JobDescription: job.description,
    CreationDate: new Date(job.createdMs).toISOString(),
    Completed: isDone,
    CompletionDate: isDone ? new Date(job.completesMs).toISOString() : null,
    StatusCode,
    StatusMessage: isDone ? (job.failure ?? 'Succeeded') : null,
    ArchiveId: archive?.id ?? null,
    ArchiveSizeInBytes: archive?.content.bytes ?? null,
    ArchiveSHA256TreeHash: archive?.hashes.root ?? null,
    SHA256TreeHash: archive && job.range ? (hashOf(job, 0, job.output.bytes) ?? null) : null,
    RetrievalByteRange: job.range ?? null,
    InventorySizeInBytes: job.action === 'InventoryRetrieval' && isDone ? job.output.bytes : null,
    Tier: archive ? job.tier : null,
  };
}

function hashOf({ archive, range }: Job, start: number, end: number): string | undefined {
  const offset = Number(range?.split('-')[0] ?? 0);
  return archive?.hashes.ofRange(offset + start, offset + end);
}

function sendOutput(server: Server, job: Job, { headers }: Request, response: ServerResponse): void {
  const { bytes } = job.output;
  const { start, end } = wanted(headers.range, bytes, job);
  const body = Buffer.from(job.output.slice(start, end));
  const treeHash = hashOf(job, start, end);
  if (treeHash !== undefined) response.setHeader('x-amz-sha256-tree-hash', treeHash);
  if (job.archive) response.setHeader('x-amz-archive-description', job.archive.description);
  if (headers.range !== undefined) response.setHeader('content-range', `bytes ${start}-${end - 1}/${bytes}`);
  const status = headers.range === undefined ? 200 : 206;
  response.writeHead(status, { 'content-type': 'application/octet-stream', 'content-length': body.byteLength });
  if (server.faults.cut > 0) {
    server.faults.cut -= 1;
    response.write(body.subarray(0, Math.ceil(body.byteLength / 2)), () => response.destroy());
    return;
  }
  if (server.faults.damaged > 0) {
    server.faults.damaged -= 1;
    body[0] = body[0]! ^ 1;
  }
  response.on('finish', () => {
    if (job.archive) server.served.push({ archiveId: job.archive.id, start, end });
  });
  response.end(body);
}

/** An inventory may be read in any range, an archive from whole mebibytes to whole ones (API_GetJobOutput, `Range`). */
function wanted(header: string | undefined, bytes: number, { archive }: Job): { start: number; end: number } {
  if (header === undefined) return { start: 0, end: bytes };
  const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(header) ?? [];
  const start = Number(from);
  const end = Number(to) + 1;
  const isInside = start < end && end <= bytes;
  const isAligned = archive === undefined || (start % MIB === 0 && (end % MIB === 0 || end === bytes));
  if (!isInside || !isAligned) throw invalid(`Invalid range: ${header}`);
  return { start, end };
}
