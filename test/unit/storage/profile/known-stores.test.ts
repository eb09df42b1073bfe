import { PROFILE_NAMES } from '../../../../contracts/store-profile';
import { Knowledge } from '../../../../storage/profile/knowledge';
import { AS_ON_AWS, KNOWN_STORES } from '../../../../storage/profile/known-stores';

test.each(PROFILE_NAMES)('%s: each member has its source', (name) => {
  const { members, sources } = KNOWN_STORES[name];
  expect(Object.keys(sources).sort()).toEqual(Object.keys(members).sort());
  expect(Object.values(sources).filter((source) => !source.startsWith('https://'))).toEqual([]);
});

test('what is not known is as on AWS, but for what could do harm', () => {
  expect(new Knowledge().profile).toEqual({
    ...AS_ON_AWS,
    listingOrder: undefined,
    updatesEncryption: false,
  });
});

test('members win over those of the name, and are settled with them', () => {
  const knowledge = new Knowledge({ name: 'B2', checksumHeaders: true });
  expect(knowledge.profile).toMatchObject({ checksumHeaders: true, conditionalPut: false, multiDelete: true });
  expect(knowledge.isOpen('checksumHeaders')).toBe(false);
  expect(knowledge.isOpen('checksumMode')).toBe(false);
  expect(knowledge.isOpen('conditionalPut')).toBe(false);
  expect(knowledge.isOpen('multiDelete')).toBe(true);
});
