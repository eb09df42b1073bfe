import { createRequire } from 'node:module';
import path from 'node:path';
import { badSelect } from './refusal';

/** Optional: who does not filter by SQL need not install some 60 MB. */
const DUCKDB = '@duckdb/node-api';
/** As in package.json. */
export const DUCKDB_VERSION = '1.5.6-r.1';

export interface DuckDB {
  readonly apiPath: string;
  readonly bindingsPath: string;
  /** Folders whose files its process must read. */
  readonly folders: readonly string[];
}

/**
 * Where DuckDB is installed.
 *
 * @param from - The module from whose place it is looked for.
 * @throws DroverError BadRequestException that says how to install it.
 */
export function installedDuckDB(from = __filename): DuckDB {
  try {
    const apiPath = createRequire(from).resolve(DUCKDB);
    const bindingsPath = createRequire(apiPath).resolve('@duckdb/node-bindings');
    return { apiPath, bindingsPath, folders: [...new Set([apiPath, bindingsPath].map(nodeModules))] };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error;
    throw badSelect(
      `needs DuckDB, an optional dependency that is not installed: run npm install ${DUCKDB}@${DUCKDB_VERSION} where Drover's API and workers run, or use the other members of Filter`,
    );
  }
}

/** The outermost `node_modules` of a file: its own packages may lie beside it, or further up. */
function nodeModules(file: string): string {
  const parts = file.split(path.sep);
  const at = parts.indexOf('node_modules');
  return at === -1 ? path.dirname(file) : parts.slice(0, at + 1).join(path.sep);
}
