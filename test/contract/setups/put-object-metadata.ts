import { type Setup, SOURCE } from '../setup';

export const setup: Setup = {
  needed: [`write ${SOURCE}`],
  method: 'copyObject',
  callsBefore: ['describeObject', 'hasObjectLock', 'getObjectAcl'],
  seed: {
    headers: { ContentType: 'text/plain', ContentLanguage: 'de' },
    metadata: { draft: 'yes', kept: 'too' },
  },
  done: ({ store }, { bucket, key }) => {
    // A copy is the newest version, also of an object whose row names the version that it was made of.
    const object = store.peek(bucket, key);
    return (
      JSON.stringify(object?.headers) ===
        JSON.stringify({
          CacheControl: 'max-age=3600',
          ContentLanguage: 'de',
          ContentType: 'text/html; charset=utf-8',
        }) && JSON.stringify(object?.metadata) === JSON.stringify({ kept: 'too', colour: 'red' })
    );
  },
  oldVersion: { status: 'failed', httpStatus: 400, errorCode: 'InvalidRequest' },
  rows: { archived: { status: 'failed', httpStatus: 403, errorCode: 'InvalidObjectState' } },
  invalid: [
    [{}, 'UserMetadata'],
    [{ UserMetadata: {} }, 'UserMetadata'],
    [{ UserMetadata: { 'not a name': 'v' } }, 'UserMetadata.not a name'],
    [{ UserMetadata: { a: 'ä' } }, 'UserMetadata.a'],
    [{ UserMetadata: { a: '1', A: '2' } }, 'UserMetadata'],
    [{ UserMetadata: { A: '1' }, RemoveUserMetadata: ['a'] }, 'RemoveUserMetadata'],
    [{ ContentType: 'text/plain', Remove: ['ContentType'] }, 'Remove'],
    [{ Remove: ['ContentLength'] }, 'Remove.0'],
    [{ HttpExpiresDate: 'tomorrow' }, 'HttpExpiresDate'],
  ],
};
