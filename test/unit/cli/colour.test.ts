/** Goal: colours are for people at terminals alone, and change nothing but the colour. Method: the texts, and terminals of every kind. */
import { PassThrough } from 'node:stream';
import { coloured, colouredRows, hasColours } from '../../../cli/text/colour';

function terminal(isTTY: boolean) {
  const stream = Object.assign(new PassThrough(), { isTTY });
  return { stdout: stream, stderr: stream };
}

test.each([
  [true, {}, true],
  [false, {}, false],
  [true, { NO_COLOR: '1' }, false],
  [true, { NO_COLOR: '' }, true],
  [true, { TERM: 'dumb' }, false],
])('a terminal: %s, %j', (isTTY, env, expected) => {
  expect(hasColours(terminal(isTTY), env)).toBe(expected);
});

test('the status alone is coloured, where it stands first', () => {
  expect(coloured('Status  Failed', 'Failed')).toBe('Status  \u001b[31mFailed\u001b[0m');
  expect(coloured('Status  Active', 'Active')).toBe('Status  Active');
  const table = 'JOB ID  STATUS    FAILED\na       Complete  0  Complete copy\nb       Failed    1';
  const shown = colouredRows(table, ['Complete', 'Failed']).split('\n');
  expect(shown).toEqual([
    'JOB ID  STATUS    FAILED',
    'a       \u001b[32mComplete\u001b[0m  0  Complete copy',
    'b       \u001b[31mFailed\u001b[0m    1',
  ]);
});
