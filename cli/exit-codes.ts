/** What the shell is told. Scripts may rely on these: docs/api.md lists them. */
export const EXIT = {
  /** The call worked; for `watch` and `create --wait`: the job is Complete and no task failed. */
  ok: 0,
  /** The API refused, or tasks failed, or the job ended as Failed or Cancelled. */
  failed: 1,
  usage: 2,
  unreachable: 3,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
