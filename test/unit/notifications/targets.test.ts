/**
 * Goal: jobs tell those who are configured for their account, and nobody gets a request to where the configuration does not
 * allow it. Method: lists of URLs, among them those by which such checks are usually got around.
 */
import { isAllowedWebhook, notificationTargets } from '../../../notifications';

const credentials = { kind: 'default' } as const;

function allows(prefix: string | readonly string[], url: string): boolean {
  return isAllowedWebhook({ jobWebhooks: { allow: [prefix].flat() } }, url);
}

test('targets of an account, in order', () => {
  const config = {
    webhooks: [
      { name: 'all', url: 'https://a.example', secret: 's' },
      { name: 'one', url: 'https://b.example', secret: 's', accounts: ['111111111111'] },
      { name: 'other', url: 'https://c.example', secret: 's', accounts: ['222222222222'] },
      { name: 'none', url: 'https://c.example', secret: 's', accounts: [] },
    ],
    sns: [{ name: 'topic', topicArn: 'arn:aws:sns:us-east-1:111111111111:t', region: 'us-east-1', credentials }],
    eventBridge: [{ name: 'bus', busName: 'default', region: 'us-east-1', credentials }],
    jobWebhooks: { allow: [] },
  };
  expect(notificationTargets(config, '111111111111')).toEqual(['all', 'one', 'topic', 'bus']);
  expect(notificationTargets(config, '333333333333')).toEqual(['all', 'topic', 'bus']);
});

describe('allowed', () => {
  test.each([
    ['https://hooks.example', 'https://hooks.example'],
    ['https://hooks.example', 'https://hooks.example/'],
    ['https://hooks.example', 'https://hooks.example/any/path?x=1'],
    ['https://hooks.example/', 'https://HOOKS.example:443/a'],
    ['HTTPS://Hooks.Example:443/a', 'https://hooks.example/a'],
    ['https://hooks.example/drover', 'https://hooks.example/drover'],
    ['https://hooks.example/drover', 'https://hooks.example/drover/'],
    ['https://hooks.example/drover', 'https://hooks.example/drover/x'],
    ['https://hooks.example/drover', 'https://hooks.example/drover?token=../x'],
    ['https://hooks.example/drover/', 'https://hooks.example/drover/x'],
    ['http://127.0.0.1:9000/', 'http://127.0.0.1:9000/a.b/..c/d..'],
    ['http://[::1]:9000', 'http://[::1]:9000/x'],
    ['https://bücher.example', 'https://xn--bcher-kva.example/x'],
    ['https://hooks.example/a', 'https://hooks.example/a/user@team'],
  ])('%s allows %s', (prefix, url) => {
    expect(allows(prefix, url)).toBe(true);
  });

  test('by the second prefix', () => {
    expect(allows(['https://a.example', 'https://b.example'], 'https://b.example/x')).toBe(true);
  });
});

describe('refused', () => {
  const PREFIX = 'https://hooks.example/drover';
  test.each([
    ['another scheme', 'http://hooks.example/drover'],
    ['another scheme', 'ftp://hooks.example/drover'],
    ['another scheme', 'file:///drover'],
    ['another scheme', 'javascript:alert(1)//hooks.example/drover'],
    ['another port', 'https://hooks.example:8443/drover'],
    ['a longer host', 'https://hooks.example.evil.example/drover'],
    ['a host that ends the same', 'https://evilhooks.example/drover'],
    ['a subdomain', 'https://a.hooks.example/drover'],
    ['a final dot', 'https://hooks.example./drover'],
    ['another host', 'https://169.254.169.254/drover'],
    ['a longer segment', 'https://hooks.example/drover2'],
    ['a sibling', 'https://hooks.example/admin'],
    ['the parent', 'https://hooks.example/'],
    ['another case of the path', 'https://hooks.example/Drover'],
    ['the host as user', 'https://hooks.example@evil.example/drover'],
    ['the host as user and password', 'https://hooks.example:443@evil.example/drover'],
    ['credentials', 'https://user:secret@hooks.example/drover'],
    ['empty credentials', 'https://@hooks.example/drover'],
    ['empty credentials', 'https://:@hooks.example/drover'],
    ['a backslash before @', 'https://hooks.example\\@evil.example/drover'],
    ['a backslash host', 'https:\\\\hooks.example\\drover'],
    ['a fragment before @', 'https://hooks.example#@evil.example/drover'],
    ['a fragment', 'https://hooks.example/drover#x'],
    ['a step upwards', 'https://hooks.example/drover/../admin'],
    ['a step upwards and back', 'https://hooks.example/x/../drover'],
    ['a step within', 'https://hooks.example/drover/x/../y'],
    ['a final step', 'https://hooks.example/drover/..'],
    ['an encoded step', 'https://hooks.example/drover/%2e%2e/admin'],
    ['a step that is encoded twice', 'https://hooks.example/drover/%252e%252e/admin'],
    ['a step that is encoded many times', `https://hooks.example/drover/%${'25'.repeat(40)}2e%252e/admin`],
    ['a step whose escape is encoded', 'https://hooks.example/drover/%25%32%65%25%32%65/admin'],
    ['a separator that is encoded twice', 'https://hooks.example/drover/..%252fadmin'],
    ['a step in too many bytes', 'https://hooks.example/drover/%c0%ae%c0%ae/admin'],
    ['a step in the escapes of IIS', 'https://hooks.example/drover/%u002e%u002e/admin'],
    ['a step of wide dots', 'https://hooks.example/drover/%ef%bc%8e%ef%bc%8e/admin'],
    ['a step behind wide slashes', 'https://hooks.example/drover/a%ef%bc%8f..%ef%bc%8fadmin'],
    ['a half encoded step', 'https://hooks.example/drover/.%2E/admin'],
    ['encoded separators', 'https://hooks.example/drover/..%2fadmin'],
    ['encoded separators', 'https://hooks.example/drover%2f..%2fadmin'],
    ['encoded backslashes', 'https://hooks.example/drover/..%5cadmin'],
    ['a step with a parameter', 'https://hooks.example/drover/..;/admin'],
    ['a step with a parameter', 'https://hooks.example/drover/..;a=b/admin'],
    ['an encoded null', 'https://hooks.example/drover/%00'],
    ['a tab in the scheme', 'ht\ttps://hooks.example/drover'],
    ['a line break', 'https://hooks.example/drover\r\nHost: evil.example'],
    ['a blank before', ' https://hooks.example/drover'],
    ['a blank within', 'https://hooks.example/drover x'],
    ['a null', 'https://hooks.example/drover\u0000'],
    ['no slashes', 'https:hooks.example/drover'],
    ['one slash', 'https:/hooks.example/drover'],
    ['three slashes', 'https:///hooks.example/drover'],
    ['no scheme', '//hooks.example/drover'],
    ['a relative one', '/drover'],
    ['nothing', ''],
    ['no URL', 'https://'],
    ['a wildcard', 'https://*/drover'],
    ['a full stop of another script', 'https://hooks\u3002example.evil.example/drover'],
    ['too long', `https://hooks.example/drover/${'x'.repeat(2_048)}`],
  ])('%s: %s', (_what, url) => {
    expect(allows(PREFIX, url)).toBe(false);
  });

  test.each([
    ['nothing is allowed', []],
    ['a prefix that is no URL', ['hooks.example', '']],
    ['a wildcard', ['https://*', '*', 'https://*.example']],
    ['a prefix with a query', ['https://hooks.example/drover?x']],
    ['a prefix with credentials', ['https://user@hooks.example/drover']],
    ['a prefix with steps', ['https://hooks.example/x/../drover']],
  ])('%s', (_what, prefixes) => {
    expect(allows(prefixes, PREFIX)).toBe(false);
  });

  test('numbers of an address are the address', () => {
    expect(allows('http://127.0.0.1:9000', 'http://2130706433:9000/')).toBe(true);
    expect(allows('http://10.0.0.1', 'http://2130706433/')).toBe(false);
    expect(allows('http://127.0.0.1.nip.example', 'http://127.0.0.1/')).toBe(false);
  });
});
