import type { ListedWait } from '../engine/plan';
import { grouped } from './text';

/** What a job waits for, in words: `restore: 37,412 of 50,000 objects`. */
export function awaitedText({ what }: Pick<ListedWait, 'what'>, waiting: number, total: number): string {
  return `${what}: ${grouped(waiting)} of ${grouped(total)} objects`;
}

/** The same as a sentence of its own, with the time of the next look. */
export function waitingText(wait: Pick<ListedWait, 'what'>, waiting: number, total: number, nextLook: Date): string {
  return `waiting for ${awaitedText(wait, waiting, total)}, next look ${nextLook.toISOString().slice(11, 16)} UTC`;
}
