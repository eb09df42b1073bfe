/** The pause of all jobs of an account, those to come included. It is kept by a workflow of its own, and shown in its memo. */
export interface PauseOfAll {
  readonly paused: boolean;
  /** Time of the last change, ISO 8601. */
  readonly since: string;
  readonly reason?: string;
}

/** Input of that workflow: the pause, or its end. */
export interface PauseOfAllInput extends PauseOfAll {
  readonly account: string;
  /** Looks at the account's jobs since the last change. */
  readonly looks?: number;
}

/** Memo fields of that workflow. */
export interface PauseOfAllMemo {
  readonly pause: PauseOfAll;
}
