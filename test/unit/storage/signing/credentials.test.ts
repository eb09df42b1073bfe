// Where signing identities come from: each kind against its real source (environment, an AWS file, an HTTP server that speaks
// STS), and when a source is asked again, with a provider and a clock of the test's own.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Credentials } from '../../../../config/config';
import { credentialSource, CredentialSources, ProvidedCredentialSource } from '../../../../storage/signing/credentials';
import { type HttpStoreStub, type SeenRequest, startHttpStoreStub } from '../../../support/servers/http-store-stub';

const MINUTE_MS = 60_000;
const SOURCE = { kind: 'static', accessKeyId: 'master', secretAccessKey: 'master-secret' } as const;
const ROLE = 'arn:aws:iam::123456789012:role/job';

function provided(lifeMs: number | undefined) {
  const clock = { ms: 0 };
  const state = { asked: 0, forced: 0, fails: false };
  const source = new ProvidedCredentialSource(
    'from the test',
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

describe('what a provider gave', () => {
  test('serves many requests, and is renewed before its end', async () => {
    const { source, clock, state } = provided(60 * MINUTE_MS);
    const identities = await Promise.all([source.current(), source.current(), source.current()]);
    expect(identities.map(({ accessKeyId }) => accessKeyId)).toEqual(['key-1', 'key-1', 'key-1']);
    clock.ms = 54 * MINUTE_MS;
    expect(source.current()).toMatchObject({ accessKeyId: 'key-1' });
    clock.ms = 56 * MINUTE_MS;
    await expect(source.current()).resolves.toMatchObject({ accessKeyId: 'key-2' });
    expect(state.asked).toBe(2);
  });

  test('is kept for ever when it does not expire', async () => {
    const { source, clock, state } = provided(undefined);
    await source.current();
    clock.ms = 1e12;
    expect(source.current()).toMatchObject({ accessKeyId: 'key-1' });
    expect(state.asked).toBe(1);
  });

  test('goes on serving while it is valid and the provider fails; then the failure is told', async () => {
    const { source, clock, state } = provided(60 * MINUTE_MS);
    await source.current();
    state.fails = true;
    clock.ms = 57 * MINUTE_MS;
    await expect(source.current()).resolves.toMatchObject({ accessKeyId: 'key-1' });
    clock.ms = 61 * MINUTE_MS;
    await expect(source.current()).rejects.toMatchObject({
      code: 'CredentialsUnavailable',
      httpStatus: 0,
      message: 'No credentials from the test: no metadata service',
    });
  });

  test('is replaced when the store calls it expired, once for all requests that were told so', async () => {
    const { source, clock, state } = provided(60 * MINUTE_MS);
    await source.current();
    clock.ms = MINUTE_MS;
    await expect(Promise.all([source.renew(), source.renew()])).resolves.toEqual([true, true]);
    expect(state.forced).toBe(1);
    expect(source.current()).toMatchObject({ accessKeyId: 'key-2' });
    // Signed with the old identity, answered late.
    clock.ms += 1_000;
    await expect(source.renew()).resolves.toBe(true);
    expect(state.forced).toBe(1);
    clock.ms += MINUTE_MS;
    await source.renew();
    expect(state.forced).toBe(2);
  });
});

test('has nothing newer for static credentials, and keeps no more of them than is signed with', async () => {
  const source = credentialSource({ kind: 'static', accessKeyId: 'a', secretAccessKey: 'b', sessionToken: 't' });
  expect(source.current()).toEqual({ accessKeyId: 'a', secretAccessKey: 'b', sessionToken: 't' });
  await expect(source.renew()).resolves.toBe(false);
});

test('shares a source between equal credentials, whatever the order of their members', () => {
  const sources = new CredentialSources();
  const assumed = { kind: 'assumeRole', roleArn: ROLE, source: SOURCE } as const;
  const again: Credentials = {
    source: { secretAccessKey: 'master-secret', accessKeyId: 'master', kind: 'static' },
    roleArn: ROLE,
    kind: 'assumeRole',
  };
  expect(sources.of(again)).toBe(sources.of(assumed));
  expect(sources.of({ ...assumed, externalId: 'x' })).not.toBe(sources.of(assumed));
});

describe('of this machine', () => {
  const before = process.env;
  let home: string;

  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'drover-credentials-'));
    process.env = {
      ...Object.fromEntries(Object.entries(before).filter(([name]) => !name.startsWith('AWS_'))),
      AWS_CONFIG_FILE: join(home, 'config'),
      AWS_SHARED_CREDENTIALS_FILE: join(home, 'credentials'),
      AWS_EC2_METADATA_DISABLED: 'true',
    };
  });

  afterEach(() => {
    process.env = before;
    rmSync(home, { recursive: true });
  });

  function writeProfile(keyId: string): void {
    writeFileSync(
      join(home, 'credentials'),
      `[default]\naws_access_key_id = other\naws_secret_access_key = x\n[archive]\naws_access_key_id = ${keyId}\naws_secret_access_key = s\naws_session_token = t\n`,
    );
  }

  test('a profile is read from the AWS files, and read again when its keys have expired', async () => {
    writeProfile('first');
    process.env['AWS_ACCESS_KEY_ID'] = 'of-the-environment';
    process.env['AWS_SECRET_ACCESS_KEY'] = 'x';
    const clock = jest.spyOn(Date, 'now');
    try {
      const source = credentialSource({ kind: 'profile', profile: 'archive' });
      expect(await source.current()).toMatchObject({ accessKeyId: 'first', secretAccessKey: 's', sessionToken: 't' });
      writeProfile('second');
      expect(await source.current()).toMatchObject({ accessKeyId: 'first' });
      clock.mockReturnValue(Date.now() + MINUTE_MS);
      await expect(source.renew()).resolves.toBe(true);
      expect(source.current()).toMatchObject({ accessKeyId: 'second' });
      clock.mockReturnValue(Date.now() + MINUTE_MS);
      await expect(source.renew()).resolves.toBe(false);
    } finally {
      clock.mockRestore();
    }
  });

  test('a profile that is not there is named', async () => {
    writeProfile('first');
    await expect(credentialSource({ kind: 'profile', profile: 'gone' }).current()).rejects.toMatchObject({
      code: 'CredentialsUnavailable',
      message: expect.stringMatching(/^No credentials from the profile gone: .*gone/),
    });
  });

  test('a process of a profile that fails does not give away how it was called', async () => {
    writeFileSync(join(home, 'config'), '[profile tool]\ncredential_process = false --token s3cr3t\n');
    await expect(credentialSource({ kind: 'profile', profile: 'tool' }).current()).rejects.toMatchObject({
      message: 'No credentials from the profile tool: the credential_process failed',
    });
  });

  test('the environment is its three variables, and no profile', async () => {
    writeProfile('first');
    const source = credentialSource({ kind: 'environment' });
    await expect(source.current()).rejects.toMatchObject({
      code: 'CredentialsUnavailable',
      message: expect.stringMatching(
        /^No credentials in the environment \(AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY\): /,
      ),
    });
    Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'e', AWS_SECRET_ACCESS_KEY: 'f', AWS_SESSION_TOKEN: 'g' });
    expect(await source.current()).toMatchObject({ accessKeyId: 'e', secretAccessKey: 'f', sessionToken: 'g' });
  });

  test('the default chain takes what it finds', async () => {
    writeProfile('first');
    process.env['AWS_PROFILE'] = 'archive';
    expect(await credentialSource({ kind: 'default' }).current()).toMatchObject({ accessKeyId: 'first' });
  });
});

describe('AssumeRole', () => {
  let sts: HttpStoreStub;
  /** What STS answers instead of credentials, by number of the request. */
  let refusals: Record<number, string>;
  let clock: jest.SpyInstance<number>;

  beforeEach(async () => {
    refusals = {};
    // Before a source takes its clock.
    clock = jest.spyOn(Date, 'now');
    sts = await startHttpStoreStub((response, _request, index) => {
      const refusal = refusals[index];
      const text =
        refusal === undefined
          ? assumed(index, new Date(Date.now() + 60 * MINUTE_MS))
          : `<ErrorResponse><Error><Type>Sender</Type><Code>${refusal}</Code><Message>User is not authorized to perform: sts:AssumeRole</Message></Error></ErrorResponse>`;
      response.writeHead(refusal === undefined ? 200 : 403, { 'content-type': 'text/xml' }).end(text);
    });
  });

  afterEach(async () => {
    clock.mockRestore();
    await sts.close();
  });

  function assumeRole(more: Partial<Extract<Credentials, { kind: 'assumeRole' }>> = {}): Credentials {
    return { kind: 'assumeRole', roleArn: ROLE, source: SOURCE, endpoint: sts.endpoint, region: 'eu-west-1', ...more };
  }

  test('asks STS as its source, with what is configured, and signs with the answer', async () => {
    const source = credentialSource(assumeRole({ externalId: 'ex/1', durationSeconds: 900, sessionName: 'night' }));
    expect(await source.current()).toMatchObject({
      accessKeyId: 'ASIA0',
      secretAccessKey: 'secret0',
      sessionToken: 'token0',
    });
    expect(parametersOf(sts.requests[0]!)).toEqual({
      Action: 'AssumeRole',
      Version: '2011-06-15',
      RoleArn: ROLE,
      RoleSessionName: 'night',
      ExternalId: 'ex/1',
      DurationSeconds: '900',
    });
    expect(sts.requests[0]?.headers.authorization).toMatch(/Credential=master\/\d{8}\/eu-west-1\/sts\//);
  });

  test('names its session, and sends nothing that is not configured', async () => {
    await credentialSource(assumeRole()).current();
    const { Action, Version, ...sent } = parametersOf(sts.requests[0]!);
    expect([Action, Version]).toEqual(['AssumeRole', '2011-06-15']);
    expect(sent).toEqual({ RoleArn: ROLE, RoleSessionName: 'drover' });
  });

  test('asks once for many requests, and again five minutes before the end', async () => {
    const source = credentialSource(assumeRole());
    await Promise.all([source.current(), source.current()]);
    const start = Date.now();
    clock.mockReturnValue(start + 54 * MINUTE_MS);
    expect(source.current()).toMatchObject({ accessKeyId: 'ASIA0' });
    expect(sts.requests.length).toBe(1);
    clock.mockReturnValue(start + 56 * MINUTE_MS);
    expect(await source.current()).toMatchObject({ accessKeyId: 'ASIA1' });
    expect(source.current()).toMatchObject({ accessKeyId: 'ASIA1' });
  });

  test('takes a chain of roles', async () => {
    const first = assumeRole({ roleArn: 'arn:aws:iam::123456789012:role/door' });
    expect(await credentialSource(assumeRole({ source: first })).current()).toMatchObject({ accessKeyId: 'ASIA1' });
    expect(sts.requests.map((request) => parametersOf(request)['RoleArn'])).toEqual([
      'arn:aws:iam::123456789012:role/door',
      ROLE,
    ]);
    expect(sts.requests[1]?.headers.authorization).toContain('Credential=ASIA0/');
    expect(sts.requests[1]?.headers['x-amz-security-token']).toBe('token0');
  });

  test('renews its source when STS calls that expired', async () => {
    const sources = new CredentialSources();
    const first = assumeRole({ roleArn: 'arn:aws:iam::123456789012:role/door' });
    await sources.of(first).current();
    clock.mockReturnValue(Date.now() + MINUTE_MS);
    refusals = { 1: 'ExpiredTokenException' };
    expect(await sources.of(assumeRole({ source: first })).current()).toMatchObject({ accessKeyId: 'ASIA3' });
    expect(sts.requests[3]?.headers.authorization).toContain('Credential=ASIA2/');
  });

  test('tells why STS refuses, with the names of role and source and without secrets', async () => {
    refusals = { 0: 'AccessDenied' };
    const failure: unknown = await Promise.resolve(credentialSource(assumeRole()).current()).catch(
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({
      code: 'CredentialsUnavailable',
      httpStatus: 0,
      message: `No credentials by AssumeRole of ${ROLE} as access key master: User is not authorized to perform: sts:AssumeRole`,
    });
    expect(JSON.stringify(failure)).not.toContain('master-secret');
  });

  test('tells which source has no credentials', async () => {
    const source: Credentials = { kind: 'profile', profile: 'no-such-profile' };
    await expect(credentialSource(assumeRole({ source })).current()).rejects.toMatchObject({
      message: expect.stringMatching(
        /^No credentials by AssumeRole of .*role\/job as profile no-such-profile: No credentials from the profile no-such-profile: /,
      ),
    });
    expect(sts.requests).toEqual([]);
  });

  test('says so when nobody answers', async () => {
    await sts.close();
    process.env['AWS_MAX_ATTEMPTS'] = '1';
    try {
      await expect(credentialSource(assumeRole()).current()).rejects.toMatchObject({
        code: 'CredentialsUnavailable',
        message: expect.stringContaining('ECONNREFUSED'),
      });
    } finally {
      delete process.env['AWS_MAX_ATTEMPTS'];
    }
  });
});

function parametersOf({ body }: SeenRequest): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(body.toString('utf8')));
}

function assumed(index: number, expiration: Date): string {
  return `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials><AccessKeyId>ASIA${index}</AccessKeyId><SecretAccessKey>secret${index}</SecretAccessKey><SessionToken>token${index}</SessionToken><Expiration>${expiration.toISOString()}</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`;
}
