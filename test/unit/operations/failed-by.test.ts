/** Goal: what is about the object becomes its row, what is not is thrown on. Method: one error of each kind. */
import { DroverError } from '../../../contracts/engine/failures';
import { failedBy } from '../../../operations/common/failed-by';
import { StoreError } from '../../../storage/store-error';

test("the store's refusal becomes a row in its own words", () => {
  expect(failedBy(new StoreError('InternalError', 500, 'We encountered an internal error.'))).toEqual({
    status: 'failed',
    httpStatus: 500,
    errorCode: 'InternalError',
    message: 'We encountered an internal error.',
  });
});

test.each([
  ['BucketNotAllowed', 403, 'AccessDenied'],
  ['StoreNotConfigured', 404, 'NoSuchBucket'],
  ['FunctionNotAllowed', 403, 'AccessDeniedException'],
] as const)('what the configuration refuses (%s) becomes %d %s', (code, httpStatus, errorCode) => {
  expect(failedBy(new DroverError(code, 'The role r may not write bucket b'))).toEqual({
    status: 'failed',
    httpStatus,
    errorCode,
    message: 'The role r may not write bucket b',
  });
});

test.each([
  ['a store out of reach', new StoreError('ECONNREFUSED', 0, 'no connection')],
  ['a lost answer', new StoreError('RequestTimeout', 0, 'no answer', { answerLost: true })],
  ['the reason of an abort', new DOMException('stop', 'AbortError')],
  ['a fault of the configuration', new DroverError('InvalidConfiguration', 'no endpoint')],
  ['a role that is gone', new DroverError('RoleNotConfigured', 'no such role')],
  ['a defect', new TypeError('x is undefined')],
  ['no error at all', 'cancelled'],
])('%s is thrown on', (_title, error) => {
  let thrown: unknown;
  try {
    failedBy(error);
  } catch (caught) {
    thrown = caught;
  }
  expect(thrown).toBe(error);
});
