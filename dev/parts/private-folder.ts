import { chmodSync, lstatSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;
/** What the stack keeps in its home: histories, objects, process ids and logs. */
const OURS = /^(s3|run|log|temporal\.db(-.*)?)$/;

/**
 * Makes the home of a stack and its folder of logs, for this user alone: requests and objects stand in them. What a former version
 * left readable is mended. A folder that holds other things too is left as it is, and only what is ours within it is closed.
 */
export function makePrivateHome(home: string): void {
  mkdirSync(join(home, 'log'), { recursive: true, mode: FOLDER_MODE });
  const names = readdirSync(home);
  if (names.every((name) => OURS.test(name))) close(home);
  for (const name of names.filter((one) => OURS.test(one))) close(join(home, name));
  for (const name of readdirSync(join(home, 'log'))) close(join(home, 'log', name));
}

/** Not through links: they may lead anywhere. Nor what another user owns: it is theirs to close. */
function close(path: string): void {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found?.uid !== process.getuid?.()) return;
  if (found?.isDirectory()) chmodSync(path, FOLDER_MODE);
  else if (found?.isFile()) chmodSync(path, FILE_MODE);
}

/** For this process and all that it starts from now on: what they make is for this user alone. */
export function makeFilesPrivate(): void {
  process.umask(0o077);
}
