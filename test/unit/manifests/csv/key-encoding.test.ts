/** Goal: keys are decoded as S3 Batch Operations does. Method: round trip of random keys in both spellings, examples. */
import fc from 'fast-check';
import { decodeManifestKey } from '../../../../manifests';
import { formEncode } from './csv-samples';

test('any key comes back from percent- and form-encoding', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (key) => {
      expect(decodeManifestKey(encodeURIComponent(key))).toEqual({ key });
      expect(decodeManifestKey(formEncode(key))).toEqual({ key });
      // With `/` and other safe characters left as they are.
      expect(decodeManifestKey(formEncode(key).replaceAll('%2F', '/'))).toEqual({ key });
    }),
  );
});

test.each([
  ['plain/key.txt', 'plain/key.txt'],
  ['a+b%2Bc%20d', 'a b+c d'],
  ['caf%C3%A9/café', 'café/café'],
  ['%f0%9f%98%80', '😀'],
])('%s stands for %s', (text, key) => {
  expect(decodeManifestKey(text)).toEqual({ key });
});

test.each([
  ['%', 'the escape % is malformed'],
  ['ok%20%4', 'the escape %4 is malformed'],
  ['%C3%28', 'its percent-encoding is not UTF-8'],
  ['%ED%A0%80', 'its percent-encoding is not UTF-8'],
])('%s is refused', (text, problem) => {
  expect(decodeManifestKey(text)).toEqual({ problem });
});
