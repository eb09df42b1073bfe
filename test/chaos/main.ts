/**
 * `npm run chaos -- --seeds N --first S`: random scripts against an oracle.
 *
 * Goal: whatever is said to jobs and done to the parts of Drover at whatever moment, what is promised holds. Method: a seed is
 * a script (script.ts): jobs, commands, processes that die or freeze, a way to the store that misbehaves (fault-proxy.ts). It
 * is played on real processes (stage.ts, play.ts); afterwards everything that was seen (evidence.ts) is held to a small model
 * (oracle.ts). A seed is played the same way again, as far as the clock of real processes allows: `--seeds 1 --first S`.
 *
 * The stage stays up from seed to seed. Ends with 1 when a seed fell short.
 */
import { parseArgs } from 'node:util';
import { play } from './play';
import { describeScript, scriptOf } from './script';
import { startStage } from './stage';

const USAGE = 'npm run chaos -- [--seeds N] [--first S] [--verbose]';

function options(): { readonly seeds: number; readonly first: number; readonly verbose: boolean } {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '10' },
      first: { type: 'string', default: String(Date.now() % 1_000_000) },
      verbose: { type: 'boolean', default: false },
    },
  });
  const [seeds, first] = [Number(values.seeds), Number(values.first)];
  if (!Number.isSafeInteger(seeds) || seeds < 1 || !Number.isSafeInteger(first) || first < 0) throw new Error(USAGE);
  return { seeds, first, verbose: values.verbose };
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

async function main(): Promise<void> {
  const { seeds, first, verbose } = options();
  const stage = await startStage(print);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
  const fallen: number[] = [];
  try {
    for (let seed = first; seed < first + seeds; seed += 1) {
      const startedAt = Date.now();
      const script = scriptOf(seed);
      const log: string[] = [];
      const { findings, evidence } = await play(stage, script, (line) => (verbose ? print(line) : log.push(line)));
      const ends = evidence.jobs.map(({ plan, end }) => `${plan.kind} ${end.status} ${end.succeeded}+${end.failed}`);
      print(
        `seed ${seed} ${findings.length === 0 ? 'holds' : 'FALLS SHORT'} (${((Date.now() - startedAt) / 1_000).toFixed(1)} s): ${ends.join(', ')}`,
      );
      if (findings.length === 0) continue;
      fallen.push(seed);
      print(
        [describeScript(script), ...log.map((line) => `  | ${line}`), ...findings.map((each) => `  ! ${each}`)].join(
          '\n',
        ),
      );
      print(`  again: npm run chaos -- --seeds 1 --first ${seed}`);
    }
  } finally {
    await stage.close();
  }
  print(
    fallen.length === 0
      ? `${seeds} seeds, all hold`
      : `${fallen.length} of ${seeds} seeds fall short: ${fallen.join(', ')}`,
  );
  process.exitCode = fallen.length === 0 ? 0 : 1;
}

main().catch((error: unknown) => {
  process.stderr.write(`chaos: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(1);
});
