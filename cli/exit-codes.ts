/** What the shell is told. Scripts may rely on these: docs/use/api.md lists them. */
export const EXIT = {
  /** The call worked; for `watch` and `create --wait`: the job is Complete and no task failed. */
  ok: 0,
  /** The API refused, or tasks failed, or the job ended as Failed or Cancelled. */
  failed: 1,
  usage: 2,
  unreachable: 3,
  /** Ctrl-C while a job was followed, as shells have it: the job goes on. Another signal has a code of its own (`signals.ts`). */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
