/**
 * Goal: nobody gains through a job what the configuration does not give: the account's roles, their buckets and functions,
 * the webhooks. Method: requests and templates against configurations that lack one thing each.
 */
import { type RequestRules, validateJobRequest, validateJobTemplate } from '../../../../api/requests/validate-request';
import type { RoleConfig } from '../../../../config/config';
import { DroverError, type FailureCode } from '../../../../contracts/engine/failures';
import type { JobManifest, JobRequest } from '../../../../contracts/job';
import { parseOperation } from '../../../../operations';
import { ACCOUNT, jobRequest, ROLE, TEST_ROLE, testRules } from '../test-app';

const REPORT = {
  Enabled: true,
  Bucket: 'arn:aws:s3:::reports-a',
  Format: 'Report_CSV_20180820',
  ReportScope: 'AllTasks',
} as const;
const NARROW: Partial<RoleConfig> = {
  read: ['man', 'source'],
  write: ['reports-*', 'target'],
  functions: ['resize', 'arn:aws:lambda:us-east-1:123456789012:function:check:*'],
};

function rules(role: Partial<RoleConfig> = {}, more: Partial<RequestRules['config']> = {}): RequestRules {
  return {
    parseOperation,
    config: { ...testRules, roles: [{ ...TEST_ROLE, accounts: [ACCOUNT], ...role }], ...more },
  };
}

function outcome(request: unknown, given: RequestRules, account = ACCOUNT): string {
  try {
    validateJobRequest(request, account, given);
    return 'accepted';
  } catch (error) {
    if (!(error instanceof DroverError)) throw error;
    return `${error.httpStatus} ${error.code} ${error.message}`;
  }
}

function copyTo(bucket: string): JobRequest['Operation'] {
  return { S3PutObjectCopy: { TargetResource: `arn:aws:s3:::${bucket}` } };
}

function invoke(FunctionArn: string): JobRequest['Operation'] {
  return { LambdaInvoke: { FunctionArn } };
}

describe('a role', () => {
  test('must be configured', () => {
    const other = 'arn:aws:iam::123456789012:role/other';
    expect(outcome(jobRequest({ RoleArn: other }), rules())).toBe(
      `400 RoleNotConfigured RoleArn: the role ${other} is not configured; account 123456789012 may use arn:aws:iam::123456789012:role/r`,
    );
  });

  test('must be of the account', () => {
    expect(outcome(jobRequest(), rules())).toBe('accepted');
    expect(outcome(jobRequest(), rules(), '999999999999')).toMatch(
      /^403 AccessDenied RoleArn: Cross-account pass role is not allowed/,
    );
    expect(outcome(jobRequest(), rules({ accounts: [] }))).toMatch(/^403 AccessDenied/);
  });
});

describe("Drover's workspace", () => {
  const workspace = 'arn:aws:s3:::workspace';

  test.each<[string, Partial<JobRequest>, string]>([
    ['manifest', { Manifest: manifestIn('workspace') }, 'Manifest.Location.ObjectArn'],
    ['report', { Report: { ...REPORT, Bucket: workspace } }, 'Report.Bucket'],
    ['report in other letters', { Report: { ...REPORT, Bucket: `${workspace.slice(0, -1)}E` } }, 'Report.Bucket'],
    ['target', { Operation: copyTo('workspace') }, 'Operation.S3PutObjectCopy'],
    [
      'target of a step',
      { Operation: { Pipeline: { Steps: [copyTo('mine'), copyTo('workspace')] } } },
      'Operation.Pipeline',
    ],
  ])('is refused as %s, whatever the pattern', (_as, request, member) => {
    expect(outcome(jobRequest(request), rules({ read: ['*'], write: ['*', 'workspace', 'workspacE'] }))).toMatch(
      new RegExp(`^403 BucketNotAllowed ${member}: the bucket workspac[eE] is Drover's workspace`),
    );
  });

  test('is refused to templates of schedules', () => {
    const { ClientRequestToken: _token, ...template } = jobRequest({ Report: { ...REPORT, Bucket: workspace } });
    expect(() => validateJobTemplate(template, ACCOUNT, rules())).toThrow(
      expect.objectContaining({ code: 'BucketNotAllowed' }),
    );
  });
});

describe('buckets', () => {
  test.each<[string, Partial<JobRequest>, string]>([
    ['manifest and report that it may use', { Report: REPORT }, 'accepted'],
    [
      'a report where it may only read',
      { Report: { ...REPORT, Bucket: 'arn:aws:s3:::man' } },
      'Report.Bucket: write man',
    ],
    ['a report that is off', { Report: { ...REPORT, Enabled: false, Bucket: 'arn:aws:s3:::man' } }, 'accepted'],
    ['a target that it may write', { Operation: copyTo('target') }, 'accepted'],
    ['a target that it may only read', { Operation: copyTo('source') }, 'Operation.S3PutObjectCopy: write source'],
    ['a manifest that lies where it may write', { Manifest: manifestIn('reports-x') }, 'accepted'],
    ['a manifest elsewhere', { Manifest: manifestIn('other') }, 'Manifest.Location.ObjectArn: read other'],
    [
      'a name that only begins well',
      { Manifest: manifestIn('manifold') },
      'Manifest.Location.ObjectArn: read manifold',
    ],
  ])('%s', (_what, request, expected) => {
    const [, member, access, bucket] = /^(.*): (\w+) (.*)$/.exec(expected) ?? [];
    expect(outcome(jobRequest(request), rules(NARROW))).toBe(
      member === undefined
        ? expected
        : `403 BucketNotAllowed ${member}: the role ${ROLE} may not ${access} the bucket ${bucket}`,
    );
  });

  test('must lie in a store', () => {
    const [store] = testRules.stores;
    const some = rules({}, { stores: [{ ...store!, buckets: ['man', 'reports-*'] }] });
    expect(outcome(jobRequest({ Report: REPORT }), some)).toBe('accepted');
    expect(outcome(jobRequest({ Operation: copyTo('target') }), some)).toBe(
      '400 StoreNotConfigured Operation.S3PutObjectCopy: no store of the configuration has the bucket target',
    );
  });
});

describe('what climbs above its bucket', () => {
  const at = (key: string): Partial<JobRequest> => {
    const { Manifest } = jobRequest();
    return { Manifest: { ...Manifest, Location: { ...Manifest.Location, ObjectArn: `arn:aws:s3:::man/${key}` } } };
  };

  test.each<[string, Partial<JobRequest>]>([
    ['Report.Prefix', { Report: { ...REPORT, Prefix: '../other' } }],
    ['Report.Prefix', { Report: { ...REPORT, Prefix: 'a/../../other' } }],
    ['Report.Prefix', { Report: { ...REPORT, Prefix: '..' } }],
    ['Manifest.Location.ObjectArn', at('../other/m.csv')],
    ['Manifest.Location.ObjectArn', at('a/..\\..\\other/m.csv')],
  ])('%s is refused: %j', (member, request) => {
    expect(outcome(jobRequest(request), rules(NARROW))).toBe(
      `400 BadRequestException ${member}: must not climb above its bucket: it has more .. than names before them`,
    );
  });

  test('stays where the dots are within the bucket', () => {
    const Report = { ...REPORT, Prefix: 'a/../b' };
    expect(outcome(jobRequest({ Report, ...at('a/../m.csv') }), rules(NARROW))).toBe('accepted');
  });
});

function manifestIn(bucket: string): JobManifest {
  const { Manifest } = jobRequest();
  return { ...Manifest, Location: { ...Manifest.Location, ObjectArn: `arn:aws:s3:::${bucket}/m.csv` } };
}

describe('functions', () => {
  const arn = (name: string) => `arn:aws:lambda:us-east-1:123456789012:function:${name}`;

  test.each([
    ['resize', true],
    [arn('resize'), true],
    [arn('check:7'), true],
    [arn('check'), false],
    [arn('delete-all'), false],
    ['delete-all', false],
  ])('%s: %s', (functionArn, allowed) => {
    expect(outcome(jobRequest({ Operation: invoke(functionArn) }), rules(NARROW))).toBe(
      allowed
        ? 'accepted'
        : `403 FunctionNotAllowed Operation.LambdaInvoke: the role ${ROLE} may not invoke ${functionArn}`,
    );
  });
});

describe('addresses', () => {
  const webhook = (Url: string): JobRequest['Operation'] => ({ HttpInvoke: { Url } });
  const some = rules({ webhooks: [{ url: 'https://handlers.example/a' }] });

  test.each([
    ['https://handlers.example/a/b?c', true],
    ['https://handlers.example/ab', false],
    ['http://169.254.169.254/latest', false],
  ])('%s: %s', (url, allowed) => {
    const refusal = `the role ${ROLE} may not call ${url}`;
    expect(outcome(jobRequest({ Operation: webhook(url) }), some)).toBe(
      allowed ? 'accepted' : `403 UrlNotAllowed Operation.HttpInvoke: ${refusal}`,
    );
    const Steps = [{ S3DeleteObjectTagging: {} }, webhook(url)];
    expect(outcome(jobRequest({ Operation: { Pipeline: { Steps } } }), some)).toBe(
      allowed ? 'accepted' : `403 UrlNotAllowed Operation.Pipeline: ${refusal}`,
    );
    expect(outcome(jobRequest({ Operation: { ...webhook(url), When: { OlderThanDays: 1 } } }), some)).toBe(
      allowed ? 'accepted' : `403 UrlNotAllowed Operation.HttpInvoke: ${refusal}`,
    );
  });
});

describe('NotificationUrl', () => {
  test.each<[string, FailureCode | undefined]>([
    ['https://hooks.example/drover/1', undefined],
    ['https://hooks.example/other', 'NotificationNotAllowed'],
    ['http://169.254.169.254/latest', 'NotificationNotAllowed'],
    ['ftp://hooks.example/drover', 'BadRequestException'],
    [`https://hooks.example/drover/${'x'.repeat(2_048)}`, 'BadRequestException'],
    ['', 'BadRequestException'],
  ])('%.40s: %s', (url, code) => {
    expect(outcome(jobRequest({ NotificationUrl: url }), rules())).toMatch(
      code === undefined ? /^accepted$/ : new RegExp(`^\\d+ ${code} NotificationUrl: `),
    );
  });
});

describe('a job template', () => {
  const { ClientRequestToken: _token, ...template } = jobRequest();

  test('takes defaults, keeps an absent ETag absent, and has no token', () => {
    const { ObjectArn } = template.Manifest.Location;
    const given = {
      Operation: template.Operation,
      Manifest: { ...template.Manifest, Location: { ObjectArn } },
    };
    expect(validateJobTemplate(given, ACCOUNT, rules()).template).toEqual({
      ...given,
      ConfirmationRequired: false,
      Priority: 10,
      RoleArn: ROLE,
      Report: { Enabled: false },
    });
    expect(() => validateJobTemplate({ ...template, ClientRequestToken: 't' }, ACCOUNT, rules())).toThrow(
      'ClientRequestToken: unknown member',
    );
    expect(() => validateJobTemplate('x', ACCOUNT, rules())).toThrow(/^body: /);
  });

  test('is held to the same rules', () => {
    expect(() => validateJobTemplate(template, '999999999999', rules())).toThrow(/Cross-account/);
    expect(() => validateJobTemplate(template, ACCOUNT, rules({ read: [], write: [] }))).toThrow(/may not read/);
  });

  test('must name a role when the account has several, or none', () => {
    const { RoleArn: _role, ...without } = template;
    const two = [TEST_ROLE, { ...TEST_ROLE, arn: `${ROLE}2` }];
    expect(() => validateJobTemplate(without, ACCOUNT, rules({}, { roles: two }))).toThrow(
      /RoleArn: is required.* 2 roles for account \d+: arn:\S+, arn:\S+$/,
    );
    const foreign = { ...TEST_ROLE, arn: `${ROLE}2`, accounts: ['999999999999'] };
    expect(validateJobTemplate(without, ACCOUNT, rules({}, { roles: [TEST_ROLE, foreign] })).template.RoleArn).toBe(
      ROLE,
    );
    expect(() => validateJobTemplate(without, '111111111111', rules())).toThrow(/RoleArn: is required.* 0 roles/);
  });
});
