// Keys of archives by the descriptions of the tools that stored them, in the forms that AWS's transfer solution, mt-aws-glacier and
// QNAP's users have published; whatever a description is, there is a key, and no two archives get the same one.
import fc from 'fast-check';
import { archiveName, DistinctNames } from '../../../../operations/vaults/archive-name';

const ID = '-kKB7ymWJVpPSwhGP6ycSOAekp9ZYe_--zM';
const base64 = (text: string): string => Buffer.from(text).toString('base64');

test.each([
  // FastGlacier, and QNAP's Hybrid Backup Sync
  [`<m><v>4</v><p>${base64('a/b c/ö.jpg')}</p><lm>20190121T085242Z</lm></m>`, 'a/b c/ö.jpg'],
  [`       <m><v>2</v><p>${base64('FX150/x.cbb')} </p><lm>20190121T085242Z       </lm>        </m>`, 'FX150/x.cbb'],
  [`"<ArchiveMetadata>     <Path>    ${base64('B:/one/two.dpx')}   </Path></ArchiveMetadata>"`, 'B:/one/two.dpx'],
  [`<m><v>4</v><p>${base64('/sample/1234.pdf')}</p><lm>20190501T100059Z</lm></m>`, 'sample/1234.pdf'],
  // mt-aws-glacier
  ['mt2 eyJmaWxlbmFtZSI6ImZpbGUvYS9iL2MvZCIsIm10aW1lIjoiMjAxMjExMDVUMTQwMjU4WiJ9', 'file/a/b/c/d'],
  [
    'mt2 eyJmaWxlbmFtZSI6ItC00LjRgNC10LrRgtC-0YDQuNGPL2EvYi9jL2QiLCJtdGltZSI6IjIwMTIxMTA1VDE0MDI1OFoifQ',
    'директория/a/b/c/d',
  ],
  // CloudBerry, with its UTF-7
  ['{"Path":"dir1/+BEQEMAQ5BDs-2","UTCDateModified":"20130322T120033Z"}', 'dir1/файл2'],
  ['{"Path":"c01+AF8-s00+A8-s0010+F8/h01.dpx","UTCDateModified":"20100310T110623Z"}', 'c01_s00+A8-s0010+F8/h01.dpx'],
  ['{"path":"a+-b","UTCDateModified":"20100310T110623Z"}', 'a+b'],
  // QNAP
  ['{"path": "/sample/1234.pdf", "type": "file"}', 'sample/1234.pdf'],
  // Plain
  ['aaa\\bbb\\ccc', 'aaa/bbb/ccc'],
  ['photos from 2012.tar', 'photos from 2012.tar'],
  ['{"title":"no path"}', '{"title":"no path"}'],
  ['<m>not closed', '<m>not closed'],
  ['mt2 !!!', 'mt2 !!!'],
])('%s', (description, name) => {
  expect(archiveName(description, ID)).toBe(name);
});

test.each([
  '',
  '     ',
  '{"Path":"   ","UTCDateModified":"20100310T110623Z"}',
  '../../etc/passwd',
  `<m><v>4</v><p>${base64('a\0b')}</p></m>`,
  'x'.repeat(1_000),
  '/',
])('without a name that could be a key, the id is one: %j', (description) => {
  expect(archiveName(description, ID)).toBe(`_unnamed/${ID}`);
});

test('whatever a description is, it gives a key that an object may have', () => {
  const anything = fc.oneof(
    fc.string({ maxLength: 1_024, unit: 'binary' }),
    fc.string({ maxLength: 700 }).map((text) => `<m><v>4</v><p>${base64(text)}</p></m>`),
    fc.json().map((text) => `{"Path":${text}}`),
  );
  fc.assert(
    fc.property(anything, (description) => {
      const name = archiveName(description, ID);
      expect(name).not.toBe('');
      expect(Buffer.byteLength(`${name}~${'x'.repeat(138)}`)).toBeLessThanOrEqual(1_024);
      expect(Buffer.from(name).toString()).toBe(name);
    }),
  );
});

test('a name that comes again is followed by the id of its archive', () => {
  const names = new DistinctNames();
  expect(['a', 'b', 'a', 'a'].map((name, i) => names.take(name, `id${i}`))).toEqual(['a', 'b', 'a~id2', 'a~id3']);
  const many = new DistinctNames();
  const taken = Array.from({ length: 20_000 }, (_, i) => many.take(`photos/${i}.jpg`, 'id'));
  expect(taken.filter((name) => name.includes('~'))).toEqual([]);
});
