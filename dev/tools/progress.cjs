/** Plain JavaScript: `dev/run.cjs` needs it before anything is compiled. */
'use strict';

const { spawn } = require('node:child_process');

const TERMINAL_INTERVAL_MS = 500;
const PLAIN_INTERVAL_MS = 15_000;
const LAST_LINE_MAX = 100;
const OUTPUT_TAIL_MAX = 4_000;

/**
 * @typedef {object} RunOptions
 * @property {Readonly<Record<string, string>>} [env]
 * @property {string} [cwd]
 * @property {number} [timeoutMs] Ends the command, and rejects, after this long.
 * @property {string} [label] What is being done, for the progress line. Without it nothing is shown.
 * @property {number} [tailMax] Characters of the output that an error shows, 4,000 when absent.
 */

/**
 * Runs a command to its end and gives its standard output. Rejects with the end of its output when it fails.
 * On a terminal one line is rewritten with elapsed time and the last output; elsewhere such a line comes every 15 s. They go
 * to the standard error: the standard output belongs to the program (`drover … --json | jq`).
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<string>}
 */
function runCommand(command, args, { env, cwd, timeoutMs = 2 ** 31 - 1, label, tailMax = OUTPUT_TAIL_MAX } = {}) {
  const display = label === undefined ? undefined : showProgress(label);
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env, cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    // A program that ends in the middle takes its commands along.
    const stop = () => child.kill();
    process.once('exit', stop);
    let stdout = '';
    let tail = '';
    const listen = (text) => {
      tail = (tail + text).slice(-tailMax);
      display?.show(text.trimEnd().split('\n').at(-1) ?? '');
    };
    child.stdout.setEncoding('utf8').on('data', (text) => {
      stdout += text;
      listen(text);
    });
    child.stderr.setEncoding('utf8').on('data', listen);
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill('SIGKILL');
    }, timeoutMs);
    const end = (error) => {
      clearTimeout(timer);
      process.off('exit', stop);
      display?.end(error === undefined);
      if (error === undefined) resolve(stdout);
      else reject(error);
    };
    child.on('error', (error) => end(new Error(`${command}: ${error.message}`)));
    child.on('close', (code, signal) => {
      const how = late ? `gave no result in ${timeoutMs / 1_000} s` : `ended with ${signal ?? `code ${code}`}`;
      end(code === 0 ? undefined : new Error(`${command} ${args[0] ?? ''} ${how}\n${tail.trim()}`.trim()));
    });
  });
}

function showProgress(label) {
  const stream = process.stderr;
  const start = Date.now();
  let last = '';
  const seconds = () => `${((Date.now() - start) / 1_000).toFixed(0)} s`;
  const render = () => {
    const room = Math.max(0, (stream.isTTY ? (stream.columns || 80) - label.length - 14 : LAST_LINE_MAX) - 1);
    const line = `${label} … ${seconds()}  ${last.slice(0, room)}`;
    stream.write(stream.isTTY ? `\r\u001b[K${line}` : `${line.trimEnd()}\n`);
  };
  if (!stream.isTTY) stream.write(`${label} …\n`);
  const timer = setInterval(render, stream.isTTY ? TERMINAL_INTERVAL_MS : PLAIN_INTERVAL_MS);
  return {
    show: (line) => {
      last = line.replaceAll(/[^\u0020-\u{10FFFF}]/gu, ' ');
    },
    end: (succeeded) => {
      clearInterval(timer);
      if (stream.isTTY) stream.write('\r\u001b[K');
      stream.write(`${label} … ${succeeded ? 'done in' : 'failed after'} ${seconds()}\n`);
    },
  };
}

module.exports = { runCommand };
