// Counts and slashes as people read them, by examples and for any input.
import fc from 'fast-check';
import { isDirectoryBucket, parseS3Arn } from '../../../contracts/arn';
import { grouped, withoutTrailingSlashes } from '../../../contracts/text/text';

test('counts are grouped as everywhere', () => {
  fc.assert(
    fc.property(fc.nat({ max: Number.MAX_SAFE_INTEGER }), (count) => {
      expect(grouped(count)).toBe(new Intl.NumberFormat('en-US').format(count));
    }),
  );
});

test.each([
  ['a/b//', 'a/b'],
  ['///', ''],
  ['', ''],
  ['/a', '/a'],
])('%j without slashes at its end', (text, expected) => {
  expect(withoutTrailingSlashes(text)).toBe(expected);
});

test.each(['a--b--x-s3', '----a--x-s3', 'a--b--c--x-s3', 'x--use1-az4--x-s3'])('%s is a directory bucket', (bucket) => {
  expect(isDirectoryBucket(bucket)).toBe(true);
});

test.each(['--x-s3', 'a--x-s3', 'a----x-s3', '--b--x-s3', 'a--b--x-s3x', 'plain'])('%s is none', (bucket) => {
  expect(isDirectoryBucket(bucket)).toBe(false);
});

test.each([
  ['arn:aws:s3:::b/k:1/x', { bucket: 'b', key: 'k:1/x' }],
  ['arn:aws-cn:s3:::b', { bucket: 'b' }],
  ['arn:aws:s3:::b/', { bucket: 'b' }],
  ['arn:aws:s3:::b/a\nb', { bucket: 'b', key: 'a\nb' }],
  ['arn:aws:s3express:eu-west-1:123456789012:bucket:b/k', { bucket: 'bucket:b', key: 'k' }],
  ['arn:aws:s3:::/k', undefined],
  ['arn:aws:s3:::', undefined],
  ['arn::s3:::b', undefined],
  ['arn:aws:iam:::b', undefined],
  ['urn:aws:s3:::b', undefined],
  ['arn:aws:s3::b', undefined],
])('%j as an ARN of S3', (arn, expected) => {
  expect(parseS3Arn(arn)).toEqual(expected);
});
