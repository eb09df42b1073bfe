/**
 * Runs over one object that end as a process does that is killed: at a given request, before or after its effect, and from then
 * on nothing is sent and nothing comes back. The next run knows what the store and the notes tell.
 */
import type { Task, TaskOutcome } from '../../contracts/engine/outcome';
import type { JsonObject } from '../../contracts/job';
import { parseOperation } from '../../operations';
import type { OperationContext, TaskNotes } from '../../operations/operation';
import type { ObjectStore } from '../../storage/object-store';
import type { MemoryFunctions } from './memory-store/functions';
import { memoryRoleStores } from './memory-store/role-stores';
import type { MemoryStore } from './memory-store/store';
import { MemoryTaskNotes } from './memory-store/task-notes';
import { MemoryUploadNotes } from './memory-store/upload-notes';

export interface Death {
  /** Number of the request, from 1; notes count as requests. Or the first of this name. */
  readonly at: number | string;
  readonly effect: 'before' | 'after';
}

class Killed extends Error {}

/** What is there once a process has died. */
export class Survivors {
  private notes = new MemoryTaskNotes();
  private readonly uploads = new MemoryUploadNotes();
  private runs = 0;

  constructor(
    readonly store: MemoryStore,
    private readonly functions?: MemoryFunctions,
  ) {}

  /** Undefined when the run was killed. */
  async run(element: JsonObject, task: Task, death?: Death): Promise<TaskOutcome | undefined> {
    const life = new Life(death);
    const context: OperationContext = {
      jobId: 'job',
      ...memoryRoleStores(life.mortal(this.store), this.functions ? { functions: life.mortal(this.functions) } : {}),
      uploads: this.uploads,
      notes: life.mortal<TaskNotes>(this.notes),
      takenUpAgain: this.runs > 0,
    };
    this.runs += 1;
    this.notes = this.notes.again();
    const operation = parseOperation(element);
    try {
      return await operation.bind(context)(task, new AbortController().signal);
    } catch (error) {
      if (error instanceof Killed) return undefined;
      throw error;
    }
  }

  get notesWritten(): number {
    return this.notes.count;
  }
}

class Life {
  private requests = 0;
  private dead = false;

  constructor(private readonly death: Death | undefined) {}

  mortal<T extends TaskNotes | ObjectStore | MemoryFunctions>(service: T): T {
    return new Proxy(service, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name, target);
        if (typeof member !== 'function' || name === 'describe') return member;
        return (...given: unknown[]) =>
          this.request(String(name), () => Reflect.apply(member, target, given) as Promise<unknown>);
      },
    });
  }

  private async request(name: string, send: () => Promise<unknown>): Promise<unknown> {
    if (this.dead) throw new Killed();
    this.requests += 1;
    const dies = this.death?.at === this.requests || this.death?.at === name;
    if (dies) this.dead = true;
    if (dies && this.death?.effect === 'before') throw new Killed();
    const answer = await send();
    if (this.dead) throw new Killed();
    return answer;
  }
}
