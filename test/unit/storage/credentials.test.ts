// When the SDK's credential chain is asked again, with a provider and a clock of the test's own.
import { ChainCredentialSource, credentialSource } from '../../../storage/credentials';

const MINUTE_MS = 60_000;

function chain(lifeMs: number | undefined) {
  const clock = { ms: 0 };
  const state = { asked: 0, forced: 0, fails: false };
  const source = new ChainCredentialSource(
    async ({ forceRefresh } = {}) => {
      state.asked += 1;
      if (forceRefresh) state.forced += 1;
      if (state.fails) throw new Error('no metadata service');
      const identity = { accessKeyId: `key-${state.asked}`, secretAccessKey: 's' };
      return lifeMs === undefined ? identity : { ...identity, expiration: new Date(clock.ms + lifeMs) };
    },
    () => clock.ms,
  );
  return { source, clock, state };
}

it('asks once for many requests, and again before the end', async () => {
  const { source, clock, state } = chain(60 * MINUTE_MS);
  const identities = await Promise.all([source.current(), source.current(), source.current()]);
  expect(identities.map(({ accessKeyId }) => accessKeyId)).toEqual(['key-1', 'key-1', 'key-1']);
  clock.ms = 54 * MINUTE_MS;
  expect(source.current()).toMatchObject({ accessKeyId: 'key-1' });
  clock.ms = 56 * MINUTE_MS;
  await expect(source.current()).resolves.toMatchObject({ accessKeyId: 'key-2' });
  expect(state.asked).toBe(2);
});

it('never asks again for what does not expire', async () => {
  const { source, clock, state } = chain(undefined);
  await source.current();
  clock.ms = 1e12;
  expect(source.current()).toMatchObject({ accessKeyId: 'key-1' });
  expect(state.asked).toBe(1);
});

it('goes on with what is still valid when the chain fails, and says so when nothing is', async () => {
  const { source, clock, state } = chain(60 * MINUTE_MS);
  await source.current();
  state.fails = true;
  clock.ms = 57 * MINUTE_MS;
  await expect(source.current()).resolves.toMatchObject({ accessKeyId: 'key-1' });
  clock.ms = 61 * MINUTE_MS;
  await expect(source.current()).rejects.toMatchObject({
    code: 'CredentialsUnavailable',
    httpStatus: 0,
    message: expect.stringContaining('no metadata service'),
  });
});

it('forces the chain when the store calls the credentials expired', async () => {
  const { source, state } = chain(60 * MINUTE_MS);
  await source.current();
  await expect(source.renew()).resolves.toBe(true);
  expect(state.forced).toBe(1);
  expect(source.current()).toMatchObject({ accessKeyId: 'key-2' });
});

it('has nothing newer for static credentials, and keeps no more of them than is signed with', async () => {
  const source = credentialSource({ kind: 'static', accessKeyId: 'a', secretAccessKey: 'b', sessionToken: 't' });
  expect(source.current()).toEqual({ accessKeyId: 'a', secretAccessKey: 'b', sessionToken: 't' });
  await expect(source.renew()).resolves.toBe(false);
});
