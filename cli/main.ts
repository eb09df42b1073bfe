#!/usr/bin/env node
import { EXIT } from './exit-codes';
import { run } from './run';

// `drover report … | head` closes our output early: that is no failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

/** Calls the handler at the first Ctrl-C; the second one ends the process at once. */
function onInterrupt(handler: () => void): () => void {
  process.once('SIGINT', handler);
  return () => process.off('SIGINT', handler);
}

void run(process.argv.slice(2), { terminal: process, stdin: process.stdin, onInterrupt }).then((code) => {
  process.exitCode = code;
  // A request may still be on its way, which nobody waits for.
  if (code === EXIT.interrupted) process.exit();
});
