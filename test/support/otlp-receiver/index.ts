import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../eventually';
import { buildGo } from '../go-client';

export interface ReceivedSpan {
  readonly service: string;
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** The OTLP receiver of the OpenTelemetry Collector as a process, and the spans that it has taken. */
export class OtlpReceiver {
  private output = '';

  private constructor(
    private readonly folder: string,
    private readonly child: ChildProcess,
  ) {
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.output += text));
  }

  static async start(): Promise<OtlpReceiver> {
    const folder = await mkdtemp(join(tmpdir(), 'drover-otlp-'));
    const binary = join(folder, 'receiver');
    await buildGo(__dirname, binary);
    return new OtlpReceiver(folder, spawn(binary, { stdio: ['ignore', 'pipe', 'inherit'] }));
  }

  async url(): Promise<string> {
    const [first] = await eventually(
      () => Promise.resolve(this.lines),
      ({ length }) => length > 0,
      30_000,
    );
    return `http://${(first as { address: string }).address}`;
  }

  get spans(): readonly ReceivedSpan[] {
    return this.lines.slice(1) as ReceivedSpan[];
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.child.once('close', resolve));
    this.child.kill('SIGTERM');
    await ended;
    await rm(this.folder, { recursive: true, force: true });
  }

  private get lines(): unknown[] {
    return this.output
      .split('\n')
      .slice(0, -1)
      .map((line): unknown => JSON.parse(line));
  }
}
