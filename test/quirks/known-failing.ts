/** What does not hold yet on which quirk, and why. It must become empty: a scenario that is mended fails the suite until it is taken from here. */
interface Failing {
  readonly why: string;
  readonly quirks: readonly string[];
  readonly scenarios: readonly string[];
}

const ALL: readonly Failing[] = [
  {
    why: 'A copy without a result is repeated, and each repeat makes a version.',
    quirks: ['copy-with-empty-answer'],
    scenarios: ['S3PutObjectCopy lock'],
  },
  {
    why: 'What CopyObject was to set on the copy is not looked at afterwards.',
    quirks: ['copy-ignores-tagging'],
    scenarios: ['S3PutObjectCopy 2', 'S3PutObjectCopy NewObjectTagging'],
  },
  {
    why: 'What CopyObject was to set on the copy is not looked at afterwards.',
    quirks: ['copy-ignores-metadata-directive'],
    scenarios: ['S3PutObjectCopy 4'],
  },
  {
    why: 'What CopyObject was to set on the copy is not looked at afterwards.',
    quirks: ['copy-ignores-acl'],
    scenarios: ['S3PutObjectCopy canned ACL'],
  },
  {
    why: 'What CopyObject was to set on the copy is not looked at afterwards.',
    quirks: ['copy-ignores-lock'],
    scenarios: ['S3PutObjectCopy lock'],
  },
  {
    why: 'Checksum headers are always sent.',
    quirks: ['checksums-refused-400', 'checksums-refused-501'],
    scenarios: [
      'S3AddObjectTagging 1',
      'S3ComputeObjectChecksum 2',
      'S3InitiateRestoreObject 1',
      'S3InitiateRestoreObject 3',
      'S3MoveObject 1',
      'S3MoveObject 1, apart',
      'S3MoveObject 2',
      'S3MoveObject 2, apart',
      'S3MoveObject 3',
      'S3MoveObject 3, apart',
      'S3PutObjectAcl 1',
      'S3PutObjectAcl 2',
      'S3PutObjectCopy 1, apart',
      'S3PutObjectCopy 2, apart',
      'S3PutObjectCopy 3',
      'S3PutObjectCopy 3, apart',
      'S3PutObjectCopy 4, apart',
      'S3PutObjectLegalHold 1',
      'S3PutObjectLegalHold 2',
      'S3PutObjectMetadata 1',
      'S3PutObjectMetadata 2',
      'S3PutObjectRetention 1',
      'S3PutObjectRetention 2',
      'S3PutObjectRetention 3',
      'S3PutObjectTagging 1',
      'S3PutObjectTagging 2',
      'S3RemoveObjectTagging 1',
      'S3ReplicateObject 1',
      'S3ReplicateObject 1, apart',
      'S3UpdateObjectEncryption 1',
      'S3VerifyObject 1',
      'S3VerifyObject 3',
      'S3VerifyObject 4',
      'S3VerifyObject 4, apart',
      'S3MoveObject OVERWRITE',
      'S3MoveObject OVERWRITE, apart',
      'S3PutObjectCopy NewObjectTagging, apart',
      'S3PutObjectCopy canned ACL, apart',
      'S3PutObjectCopy lock, apart',
    ],
  },
  {
    why: 'Conditions on writes are always sent.',
    quirks: ['conditions-refused-501'],
    scenarios: [
      'S3MoveObject 1',
      'S3MoveObject 1, apart',
      'S3MoveObject 2',
      'S3MoveObject 2, apart',
      'S3MoveObject 3',
      'S3MoveObject 3, apart',
      'S3PutObjectMetadata 1',
      'S3PutObjectMetadata 2',
      'S3UpdateObjectEncryption 1',
    ],
  },
];

/** Titles of scenarios by name of quirk. */
export const KNOWN_FAILING: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  ALL.flatMap(({ quirks, scenarios }) => quirks.map((name) => [name, scenarios])),
);
