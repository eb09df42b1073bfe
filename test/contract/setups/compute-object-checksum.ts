import { SOURCE, type Setup } from '../setup';

export const setup: Setup = {
  needed: [`write ${SOURCE}`],
  method: 'x',
  done: () => false,
  invalid: [],
};
