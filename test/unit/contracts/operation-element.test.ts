/** Goal: the name of an operation is found beside its options, in any order. Method: elements as they are kept. */
import { operationName } from '../../../contracts/operation-element';

test.each([
  [{ S3PutObjectCopy: { TargetResource: 'x' } }, 'S3PutObjectCopy'],
  [{ When: { OlderThanDays: 1 }, SkipIfInDesiredState: true, S3DeleteObject: {} }, 'S3DeleteObject'],
  [{ Pipeline: { Steps: [{ S3DeleteObject: {} }] }, When: { OlderThanDays: 1 } }, 'Pipeline'],
  [{}, ''],
])('%j', (element, name) => {
  expect(operationName(element)).toBe(name);
});
