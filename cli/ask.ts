import type { CommandContext } from './context';

/** Asks on a terminal. True also where nobody can be asked: a script has decided. */
export async function agreed({ stdin, output: { terminal } }: CommandContext): Promise<boolean> {
  const { isTTY = false } = stdin as { readonly isTTY?: boolean };
  if (!isTTY || terminal.stderr.isTTY !== true) return true;
  terminal.stderr.write('Go on? [y/N] ');
  // A terminal gives a line at a time.
  for await (const line of stdin) return /^\s*y(es)?\s*$/i.test(Buffer.from(line).toString('utf8'));
  return false;
}
