import { userEnvironment } from '../../../config/dev';

export interface PeerJob {
  readonly store: {
    readonly endpoint: string;
    readonly region: string;
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
  };
  /** Buckets. All of the source's objects are copied. */
  readonly source: string;
  readonly target: string;
  /** Empty so far; ends in `/`. */
  readonly targetPrefix: string;
  readonly keys: readonly string[];
  readonly concurrency: number;
  /** Folder for files. */
  readonly scratch: string;
}

/** Another tool that does the same copy. */
export interface Peer {
  readonly tool: 's5cmd' | 'rclone';
  /** Apart from those of other peers. */
  readonly name: string;
  readonly version: string;
  /** What is not measured. */
  prepare(job: PeerJob): Promise<void>;
  /** Rejects when the tool does not end with code 0. */
  run(job: PeerJob): Promise<void>;
}

/** The user's profile, keys and proxies stay out; so does AWS_CA_BUNDLE, with which rclone does not start. */
export function peerEnvironment(): Record<string, string> {
  const kept = /^(PATH|HOME|TMPDIR|LANG|LC_.*)$/;
  const entries = Object.entries(userEnvironment()).filter(([name]) => kept.test(name));
  return { ...Object.fromEntries(entries), AWS_CONFIG_FILE: '/dev/null', AWS_SHARED_CREDENTIALS_FILE: '/dev/null' };
}
