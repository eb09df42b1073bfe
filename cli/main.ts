#!/usr/bin/env node
import { run } from './run';

// `drover report … | head` closes our output early: that is no failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

void run(process.argv.slice(2), { terminal: process, stdin: process.stdin }).then((code) => {
  process.exitCode = code;
});
