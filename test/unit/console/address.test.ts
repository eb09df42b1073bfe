/**
 * Goal: filters of the console stand in the address, and what is no filter does no harm. Method: addresses written and read back.
 */
import { filterOf, readJobSearch } from '../../../console/pages/jobs/search';
import { readSearch, valuesOf, writeSearch } from '../../../console/parts/address';

test('what is written is read back', () => {
  const search = { status: ['Active', 'Paused'], text: 'a b&c=d+e', after: 'Zm9v+/=' };
  expect(writeSearch(search)).toBe('?status=Active&status=Paused&text=a+b%26c%3Dd%2Be&after=Zm9v%2B%2F%3D');
  expect(readSearch(writeSearch(search))).toEqual(search);
});

test('nothing chosen leaves the address bare', () => {
  expect(writeSearch({ status: undefined, text: '', tag: [] })).toBe('');
});

test('a name may come once or several times, and each value counts once', () => {
  expect(valuesOf(readSearch('?tag=a&tag=b&tag=a&tag='), 'tag')).toEqual(['a', 'b']);
  expect(valuesOf(readSearch('?tag=a'), 'tag')).toEqual(['a']);
});

test('states that are none are left out', () => {
  expect(readJobSearch({ status: ['Active', 'Sleeping'], after: 'token' })).toEqual({
    status: ['Active'],
    after: 'token',
  });
  expect(filterOf(readJobSearch({ status: 'Failed' }))).toEqual({ jobStatuses: ['Failed'] });
  expect(readJobSearch({ status: 'constructor' })).toEqual({});
});

test('all filters reach the API; days are those of the viewer, the last one included', () => {
  const search = readJobSearch(
    readSearch('?operation=S3DeleteObject&tag=team%3Da&text=logs&from=2026-11-30&to=2026-12-01'),
  );
  expect(filterOf(search)).toEqual({
    operations: ['S3DeleteObject'],
    tags: ['team=a'],
    search: 'logs',
    createdFrom: new Date(2026, 10, 30).toISOString(),
    createdBefore: new Date(2026, 11, 2).toISOString(),
  });
  expect(readJobSearch(readSearch('?tag=none&from=yesterday&to=2026-1-1'))).toEqual({});
});
