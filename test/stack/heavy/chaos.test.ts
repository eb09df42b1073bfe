/**
 * Goal: whatever dies, freezes, misbehaves and is said in the middle of jobs, what is promised holds. Method: a few fixed seeds
 * of `npm run chaos` (test/chaos/main.ts has the whole story), one after the other on one stage.
 */
import { play } from '../../chaos/play';
import { describeScript, scriptOf } from '../../chaos/script';
import { type Stage, startStage } from '../../chaos/stage';

const SEEDS = [1003, 1004];

let stage: Stage;

beforeAll(async () => {
  stage = await startStage(() => undefined);
}, 180_000);

afterAll(() => stage?.close());

test.each(SEEDS)(
  'seed %i holds',
  async (seed) => {
    const script = scriptOf(seed);
    const said: string[] = [];
    const { findings } = await play(stage, script, (line) => said.push(line));
    const story = findings.length === 0 ? [] : [describeScript(script), ...said];
    expect({ findings, story }).toEqual({ findings: [], story: [] });
  },
  240_000,
);
