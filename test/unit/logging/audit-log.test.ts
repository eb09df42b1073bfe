/** Goal: the audit log loses nothing when others rotate it, and a file that can't be written is told at once. Method: real files. */
import { mkdtempSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AuditEntry, openAuditLog } from '../../../logging/audit-log';
import { createLogger } from '../../../logging/logger';

const API = { host: '127.0.0.1', port: 0 };

let folder: string;
let lines: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'drover-audit-'));
  lines = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function entry(requestId: string): AuditEntry {
  return { method: 'POST', path: '/api/jobs', status: 201, requestId, durationMs: 1 } as AuditEntry;
}

function open(auditLog?: string, logLevel = 'info') {
  const log = createLogger('drover-api', { logLevel }, { write: (line: string) => void lines.push(line) });
  return openAuditLog({ api: auditLog === undefined ? API : { ...API, auditLog }, logLevel }, log);
}

function idsIn(file: string): unknown[] {
  const text = readFileSync(file, 'utf8');
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => (JSON.parse(line) as { requestId: unknown }).requestId);
}

test('without a file, entries are marked among the other lines, whatever the level', () => {
  const audit = open(undefined, 'error');
  audit.write(entry('r1'));
  audit.reopen();
  expect(lines.map((line) => JSON.parse(line) as object)).toEqual([
    expect.objectContaining({ level: 'info', log: 'audit', service: 'drover-api', requestId: 'r1', status: 201 }),
  ]);
});

test('a file is appended to, is no one else’s to read, and is opened anew when it was moved', async () => {
  const file = join(folder, 'audit.log');
  open(file).write(entry('earlier'));
  const audit = open(file);
  audit.write(entry('before'));
  renameSync(file, `${file}.1`);
  audit.write(entry('moved'));
  audit.reopen();
  await new Promise((resolve) => setImmediate(resolve));
  audit.write(entry('after'));
  expect(idsIn(`${file}.1`)).toEqual(['earlier', 'before', 'moved']);
  expect(idsIn(file)).toEqual(['after']);
  expect(statSync(file).mode & 0o007).toBe(0);
  expect(lines).toEqual([]);
  audit.close();
});

test('a reopening that fails is told, and the old file goes on', () => {
  const inner = mkdtempSync(join(folder, 'inner-'));
  const file = join(inner, 'audit.log');
  const audit = open(file);
  const moved = join(folder, 'moved');
  renameSync(inner, moved);
  audit.reopen();
  audit.write(entry('kept'));
  expect(idsIn(join(moved, 'audit.log'))).toEqual(['kept']);
  expect(lines.map((line) => JSON.parse(line) as object)).toEqual([
    expect.objectContaining({ level: 'error', msg: 'the audit log can not be written', file }),
  ]);
  audit.close();
});

test('a file that can’t be written is an error at start that names the setting', () => {
  const opening = (): unknown => open(join(folder, 'missing', 'audit.log'));
  expect(opening).toThrow(/api\.auditLog, DROVER_AUDIT_LOG/);
  expect(opening).toThrow(expect.objectContaining({ code: 'InvalidConfiguration' }));
});
