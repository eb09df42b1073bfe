/** Goal: colours are for people at terminals alone, and change nothing but the colour. Method: the texts, and terminals of every kind. */
import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { coloured, hasColours } from '../../../cli/text/colour';

const [RED, GREEN, RESET] = ['\u001b[31m', '\u001b[32m', '\u001b[0m'];

test.each([
  [true, {}, true],
  [false, {}, false],
  [true, { NO_COLOR: '1' }, false],
  [true, { NO_COLOR: '' }, true],
  [true, { TERM: 'dumb' }, false],
])('a terminal: %s, %j', (isTTY, env, expected) => {
  expect(hasColours(Object.assign(new PassThrough(), { isTTY }), env)).toBe(expected);
});

test.each([
  ['Status  Failed', `Status  ${RED}Failed${RESET}`],
  ['Status  Active', 'Status  Active'],
  ['Description  Failed\nStatus       Complete', `Description  Failed\nStatus       ${GREEN}Complete${RESET}`],
  ['Failed     1,200', `Failed     ${RED}1,200${RESET}`],
  ['Failed     0', 'Failed     0'],
  ['abcd Complete: 9 succeeded, 0 failed of 9', `abcd ${GREEN}Complete${RESET}: 9 succeeded, 0 failed of 9`],
  [
    'abcd Failed: 9 succeeded, 12 failed of 21',
    `abcd ${RED}Failed${RESET}: 9 succeeded, ${RED}12 failed${RESET} of 21`,
  ],
  // A table of `list`, one of `top`, and a line that goes on below.
  ['JOB ID  STATUS    FAILED', 'JOB ID  STATUS    FAILED'],
  ['abcd1234  Complete  X  10  Complete copy', `abcd1234  ${GREEN}Complete${RESET}  X  10  Complete copy`],
  ['abcd1234  Active  3  50%  -  X', `abcd1234  Active${RED}  3${RESET}  50%  -  X`],
  ['abcd1234  Active  0  50%  -  X', 'abcd1234  Active  0  50%  -  X'],
  ['          Failed', '          Failed'],
])('%j', (plain, shown) => {
  expect(coloured(plain)).toBe(shown);
  expect(stripVTControlCharacters(shown)).toBe(plain);
});
