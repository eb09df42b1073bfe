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
];

/** Titles of scenarios by name of quirk. */
export const KNOWN_FAILING: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  ALL.flatMap(({ quirks, scenarios }) => quirks.map((name) => [name, scenarios])),
);
