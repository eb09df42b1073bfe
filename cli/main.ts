#!/usr/bin/env node
import { EXIT } from './exit-codes';
import { run } from './run';
import { Signals } from './signals';

// `drover report … | head` closes our output early: that is no failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

const signals = new Signals();
const { onInterrupt } = signals;

void run(process.argv.slice(2), { terminal: process, stdin: process.stdin, onInterrupt }).then((code) => {
  process.exitCode = code;
  // A request may still be on its way, which nobody waits for.
  if (code === EXIT.interrupted) process.exit(signals.exitCode);
});
