// How rows name archives, there and back.
import { archiveOf, versionIdOf } from '../../../../operations/vaults/archive-row';
import { row } from '../../../support/operation-runner';

const archiveId = '-kKB7ymWJVpPSwhGP6ycSOAekp9ZYe_--zM';
const treeHash = 'ab'.repeat(32);

test.each([
  [{ archiveId }, archiveId],
  [{ archiveId, bytes: 0, createdAt: '2013-05-01T12:34:56Z', treeHash }, `${archiveId}.0.20130501T123456Z.${treeHash}`],
  [{ archiveId, bytes: 7, treeHash }, `${archiveId}.7..${treeHash}`],
])('%j', (archive, versionId) => {
  expect(versionIdOf(archive)).toBe(versionId);
  expect(archiveOf(row('name', versionId, 'photos'))).toEqual({ vault: 'photos', ...archive });
});

test('a row without a version names the archive by its key', () => {
  expect(archiveOf(row(archiveId, undefined, 'photos'))).toEqual({ vault: 'photos', archiveId });
});

test.each(['', 'a b', 'ä', `${archiveId}.x`, `${archiveId}.1.2013`, `${archiveId}.1..zz`, `${archiveId}.1...`])(
  'refused: %j',
  (versionId) => {
    expect(() => archiveOf(row('name', versionId))).toThrow('names no archive');
  },
);
