import type { RowTest } from '../definition';

/** All hold. One that does not decides, whatever is unknown of the others. */
export function allOf(tests: readonly RowTest[]): RowTest {
  return (row) => {
    let isUnknown = false;
    for (const test of tests) {
      const verdict = test(row);
      if (verdict === false) return false;
      isUnknown ||= verdict === 'unknown';
    }
    return isUnknown ? 'unknown' : true;
  };
}

/** One holds. One that does decides, whatever is unknown of the others. */
export function anyOf(tests: readonly RowTest[]): RowTest {
  return (row) => {
    let isUnknown = false;
    for (const test of tests) {
      const verdict = test(row);
      if (verdict === true) return true;
      isUnknown ||= verdict === 'unknown';
    }
    return isUnknown ? 'unknown' : false;
  };
}
