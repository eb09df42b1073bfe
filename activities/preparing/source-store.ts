import { workspaceKeys } from '../../contracts/engine/naming';
import type { Workspace } from '../../contracts/job';
import {
  decodeFlushes,
  decodePartState,
  type Flush,
  NEW_PART,
  type PartState,
  type PlannedParts,
} from '../../manifests';
import { readIfThere } from '../../reports';
import type { ObjectStore, ReadRange } from '../../storage/object-store';
import { ofWorkspace } from '../batch/of-workspace';

/**
 * What the reading of a source leaves in the job's folder of the workspace. An attempt that was frozen may send its last request when
 * another has long gone on. So a plan, the end of a part and all rows have keys of their own, which the workflow hands on; only the state
 * from which a part goes on is overwritten, and there any will do.
 */
export class SourceStore {
  constructor(
    private readonly store: ObjectStore,
    private readonly folder: Workspace,
    /** Id of the plan. */
    private readonly plan: string,
    private readonly signal: AbortSignal,
  ) {}

  putParts(planned: PlannedParts): Promise<unknown> {
    return this.put(this.partsKey, JSON.stringify(planned), 'the parts of the source');
  }

  async parts(): Promise<PlannedParts> {
    const bytes = await this.store.read(this.ref(this.partsKey), this.options);
    return JSON.parse(bytes.toString('utf8')) as PlannedParts;
  }

  async putState(part: number, state: PartState): Promise<void> {
    const { prefix } = this.folder;
    const text = JSON.stringify(state);
    const what = 'the state of a part';
    if (state.done) await this.put(workspaceKeys.partEnd(prefix, this.plan, part, state.attempt), text, what);
    await this.put(workspaceKeys.partState(prefix, this.plan, part), text, what);
  }

  /** As no attempt has begun it, where none has left a state. */
  async state(part: number): Promise<PartState> {
    const ref = this.ref(workspaceKeys.partState(this.folder.prefix, this.plan, part));
    const bytes = await readIfThere(this.store, ref, this.options);
    return bytes === undefined ? NEW_PART : decodePartState(bytes.toString('utf8'));
  }

  segment(key: string, range: ReadRange): Promise<Buffer> {
    const ref = this.ref(key);
    const reading = this.store.read(ref, { ...this.options, range });
    return ofWorkspace(reading, `rows of the source (bucket ${ref.bucket})`);
  }

  /** What an attempt has come to that has read the part to its end. */
  async end(part: number, attempt: string): Promise<PartState> {
    const key = workspaceKeys.partEnd(this.folder.prefix, this.plan, part, attempt);
    return decodePartState((await this.store.read(this.ref(key), this.options)).toString('utf8'));
  }

  async putRows(key: string, rows: Buffer): Promise<string> {
    await this.put(key, rows, 'rows of the source');
    return key;
  }

  async putFlushes(key: string, flushes: readonly Flush[]): Promise<string> {
    await this.put(key, JSON.stringify(flushes), 'where rows of the source lie');
    return key;
  }

  async flushes({ earlier, recent }: PartState): Promise<Flush[]> {
    const all: Flush[] = [];
    for (const key of earlier) {
      const bytes = await this.store.read(this.ref(key), this.options);
      for (const flush of decodeFlushes(bytes.toString('utf8'))) all.push(flush);
    }
    return all.concat(recent);
  }

  put(key: string, body: Buffer | string, what: string): Promise<unknown> {
    const ref = this.ref(key);
    return ofWorkspace(this.store.put(ref, body, this.options), `${what} (bucket ${ref.bucket})`);
  }

  private get partsKey(): string {
    return workspaceKeys.sourceParts(this.folder.prefix, this.plan);
  }

  private ref(key: string): { readonly bucket: string; readonly key: string } {
    return { bucket: this.folder.bucket, key };
  }

  private get options(): { readonly signal: AbortSignal } {
    return { signal: this.signal };
  }
}
