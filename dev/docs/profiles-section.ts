import { PROFILE_NAMES, type StoreProfile } from '../../contracts/store-profile';
import { KNOWN_STORES } from '../../storage/profile/known-stores';
import { markdownTable } from './markdown-table';

const MEMBERS: readonly (readonly [member: keyof StoreProfile, where: string])[] = [
  [
    'checksumHeaders',
    'Bodies come with Content-MD5 in place of `x-amz-checksum-…`. A checksum that a job asks for is sent, and refused by the store.',
  ],
  ['conditionalPut', 'PutObject goes without If-Match and If-None-Match; the object is looked at right before.'],
  ['conditionalCopy', 'CopyObject likewise.'],
  ['conditionalComplete', 'CompleteMultipartUpload likewise.'],
  ['conditionalDelete', 'DeleteObject likewise.'],
  [
    'conditionalSource',
    'CopyObject and UploadPartCopy go without `x-amz-copy-source-if-…`; the source is looked at right before, or before the parts are put together.',
  ],
  ['multiDelete', 'Keys are deleted one by one.'],
  [
    'confirmsDeletion',
    'Each key that DeleteObjects says is deleted is looked at; one that is still there is deleted by itself.',
  ],
  ['startAfter', 'Objects are listed one page after the other, since ListObjectsV2 takes no notice of start-after.'],
  [
    'restoreInListings',
    'S3InitiateRestoreObject with `WaitUntilRestored` looks at each object. Else ListObjectsV2 is asked which restores are under way, by a thousand, and only the others are looked at.',
  ],
  [
    'metadataUtf8',
    'A copy from another store whose user metadata is beyond ASCII is looked at afterwards, as other values beyond ASCII always are.',
  ],
  ['updatesEncryption', 'S3UpdateObjectEncryption copies objects onto themselves.'],
];

function membersTable(): string {
  const rows = MEMBERS.map(([member, where]) => [`\`${member}\``, where]);
  return markdownTable(['Member', 'What is done where it is `false`'], rows);
}

const INTRODUCTION = `## Profiles

Most stores refuse some header or call of S3. What a store understands is its profile. It says how requests are put to the store, for jobs as
for reports and the workspace:

${membersTable()}

\`contentMd5: true\` sends Content-MD5 with bodies in place of a CRC32; \`copyObjectBytesMax\` is the size above which an object is copied in parts.
\`listingOrder\` is how listings order keys: \`bytes\` as S3 does, \`segments\` folder by folder, \`other\`: then a bucket is listed one page after the
other, by one worker. What it says is never trusted alone: a listing that contradicts it begins anew in the order that it shows.

A member that is not configured is found out: when a store refuses a request that has such a header, or DeleteObjects, the same goes without; and
if that helps, the process sends none of it any more. Listings are looked at: their first page shows the order, later ones whether start-after is
obeyed, and a page that tells nothing of restores is the last that is asked. \`confirmsDeletion\`, \`copyObjectBytesMax\`, \`metadataUtf8\` and
\`updatesEncryption\` can't be found out like this: the first two are as on AWS, the others \`false\`. Probe the store, or name it:

\`\`\`yaml
stores:
  main:
    endpoint: https://s3.us-west-004.backblazeb2.com
    profile: B2 # or a mapping: {name: Ceph, conditionalPut: true}
\`\`\`

A condition that a store **ignores** is found out before it is relied on: what it says is looked at, and the first request of a process that has one
is sent with a condition that can't hold. A store that refuses it is relied on; one that does as it is told has done what was to be done, and has
its objects looked at from then on. If-None-Match is seen by a second request, which is to be refused: in a bucket with versions, a store that ignores it
keeps the first such object twice. The end of an upload in parts can't be tried: where the profile says nothing, its object is looked at as well. Conditions
on reads are checked by what the answer tells.

**Without conditions** the following is best effort: what somebody else writes between the look and the write, some milliseconds, is overwritten or
deleted. S3MoveObject could then overwrite a target that has just been made, or delete a source that has just been changed (it compares both
before); S3PutObjectMetadata and S3UpdateObjectEncryption could replace a content that has just been written. Let nobody else write those objects
while the job runs, or keep versions.

### Probing a store

\`drover store probe NAME\` loads the configuration as \`drover config check\` does, tries all this with objects of some bytes, and prints what it
saw and the profile. It writes below \`drover-probe/<random>/\` (\`--prefix\`) in the first bucket that the store names, or the workspace
(\`--bucket\`), removes what it has written, and touches nothing else. The credentials are the store's own and need s3:PutObject, s3:GetObject,
s3:DeleteObject, s3:ListBucket and s3:AbortMultipartUpload; without one of them the refusal stands in the table.

\`\`\`bash
drover store probe main                          # a table, and the profile as YAML
drover store probe main --write profile.yaml     # the profile in a new file
drover --json store probe main                   # for programs
\`\`\`

\`updatesEncryption\` and \`copyObjectBytesMax\` are not tried, and what listings tell of restores shows with archived objects only: then the row
says \`unknown\`, and the profile leaves the member out.

### Known stores`;

/** The end of docs/run/stores.md. */
export function profilesSection(): string {
  const rows = PROFILE_NAMES.flatMap((name) => {
    const { members, sources } = KNOWN_STORES[name];
    const byClaim = new Map<string, string[]>();
    for (const [member, value] of Object.entries(members)) {
      const source = sources[member as keyof typeof sources] ?? '';
      const claim = `${source} ${String(value)}`;
      byClaim.set(claim, [...(byClaim.get(claim) ?? []), `\`${member}\``]);
    }
    return [...byClaim].map(([claim, named]) => {
      const [source = '', value = ''] = claim.split(' ');
      return [name, named.join(', '), `\`${value}\``, `<${source}>`];
    });
  });
  const table = markdownTable(['Name', 'Members', 'Value', 'Source'], rows);
  return `${INTRODUCTION}\n\nWhat a name does not say is found out. It is meant for all releases: a probe tells more of yours.\n\n${table}`;
}

export function storesPage(present: string): string {
  return `${present.slice(0, present.indexOf('## Profiles'))}${profilesSection()}\n`;
}
