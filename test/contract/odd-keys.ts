/** Keys that S3 allows and that are easily broken on the way. */
export const ODD_KEYS = [
  ' leading and trailing ',
  'a+b',
  '100%',
  'not%20encoded%2Ftwice',
  'ünïcödé/日本語/😀',
  'e\u0301 is not é',
  'double//slash',
  '/leading-slash',
  'trailing-slash/',
  'a/../b/./c',
  'question?versionId=v1',
  'hash#fragment&a=b;c',
  '"quotes"\'<xml>&amp;',
  'new\nline\tand\\backslash',
  '__proto__',
  'é'.repeat(512),
];

/** Keys that lead out of their bucket when they are taken for paths: S3 refuses them, and no store may be asked for one. */
export const CLIMBING_KEYS = [
  '..',
  '../',
  '/..',
  '../victim/a',
  '../../outside',
  './../victim/a',
  'a/../../victim/a',
  'a//../../victim/a',
  'a/./../../victim/a',
  '/../victim/a',
  'a/../b/../../victim/a',
  '..\\victim\\a',
  'a\\b/../../victim/a',
  'a/..\\..\\victim/a',
  '../\0victim/a',
  '../é',
];

/** Keys with dots that stay within their bucket. */
export const STAYING_KEYS = [
  'a/../b',
  'a/b/../../c',
  'a/..',
  '.',
  './a',
  '..a',
  'a..',
  '...',
  'a/..b',
  '%2e%2e/a',
  '..%2fa',
  'a..\\b',
];
