import { workspaceKeys } from '../../contracts/naming';
import type { Workspace } from '../../contracts/job';
import { decodePartState, NEW_PART, type PartState, type PlannedParts } from '../../manifests';
import { readIfThere } from '../../reports';
import type { ObjectStore } from '../../storage/object-store';
import { ofWorkspace } from '../batch/of-workspace';

/** What the reading of a source leaves in the job's folder of the workspace. */
export class SourceStore {
  constructor(
    private readonly store: ObjectStore,
    private readonly folder: Workspace,
    private readonly signal: AbortSignal,
  ) {}

  putPlan(plan: PlannedParts): Promise<unknown> {
    return this.put(workspaceKeys.sourceParts(this.folder.prefix), JSON.stringify(plan), 'the parts of the source');
  }

  async plan(): Promise<PlannedParts> {
    const bytes = await this.store.read(this.ref(workspaceKeys.sourceParts(this.folder.prefix)), this.options);
    return JSON.parse(bytes.toString('utf8')) as PlannedParts;
  }

  async putState(part: number, state: PartState): Promise<void> {
    await this.put(workspaceKeys.partState(this.folder.prefix, part), JSON.stringify(state), 'the state of a part');
  }

  /** As no attempt has begun it, where none has left a state. */
  async state(plan: PlannedParts, part: number): Promise<PartState> {
    const bytes = await readIfThere(this.store, this.ref(workspaceKeys.partState(this.folder.prefix, part)));
    const state = bytes && decodePartState(bytes.toString('utf8'));
    return state?.plan === plan.id ? state : NEW_PART;
  }

  async putSegment(key: string, body: Buffer): Promise<string> {
    await this.put(key, body, 'rows of the source');
    return key;
  }

  put(key: string, body: Buffer | string, what: string): Promise<unknown> {
    const ref = this.ref(key);
    return ofWorkspace(this.store.put(ref, body, this.options), `${what} (bucket ${ref.bucket})`);
  }

  private ref(key: string): { readonly bucket: string; readonly key: string } {
    return { bucket: this.folder.bucket, key };
  }

  private get options(): { readonly signal: AbortSignal } {
    return { signal: this.signal };
  }
}
