import type { Environment } from '../environment';
import type { Problem } from '../problems';
import type { PemFiles } from './pem-files';
import type { ConfigFile } from './schema';

/** What settings are made of: the environment over the file over the defaults. */
export interface Sources {
  readonly env: Environment;
  /** Empty when there is none. */
  readonly file: ConfigFile;
  /** `region`, as all the others fall back to it. */
  readonly region: string;
  /** Paths of the file are relative to its folder, those of variables to the working directory. */
  readonly filesOfFile: PemFiles;
  readonly filesOfEnv: PemFiles;
  /** Collected, so that one start names all of them. */
  readonly problems: Problem[];
}
