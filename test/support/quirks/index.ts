import { UNKNOWN_CALLS } from './kinds/a-unknown-calls';
import { LISTINGS } from './kinds/b-listings';
import { ANSWERS } from './kinds/c-answers';
import { SETTINGS } from './kinds/c-settings';
import { TRY_AGAIN } from './kinds/d-try-again';
import { NOT_UNDERSTOOD } from './kinds/e-not-understood';
import { BYTES } from './kinds/f-bytes';
import type { Quirk } from './quirk';

export type { Quirk, QuirkKind } from './quirk';
export { startQuirkyStore, type QuirkyStore } from './quirky-store';

export const QUIRKS: readonly Quirk[] = [
  ...UNKNOWN_CALLS,
  ...LISTINGS,
  ...ANSWERS,
  ...SETTINGS,
  ...TRY_AGAIN,
  ...NOT_UNDERSTOOD,
  ...BYTES,
];

export function quirk(name: string): Quirk {
  const found = QUIRKS.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no quirk ${name}`);
  return found;
}
