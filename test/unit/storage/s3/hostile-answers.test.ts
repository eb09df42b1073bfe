// Goal: no answer of a store stops a worker, whatever is in it: any uploader may have written it (a store that ignores `?tagging`
// answers with the object). Method: texts that hurt readers which look back, long enough that these would not end.
import { readErrorAnswer, rootOf, statusOfErrorBody } from '../../../../storage/s3/error-answer';
import { firstElement, rootName, unescapeXml } from '../../../../storage/s3/xml-text';

const CPU_MS_MAX = 2_000;
const LENGTH = 1_000_000;

const fill = (piece: string): string => piece.repeat(Math.ceil(LENGTH / piece.length));

const HOSTILE: readonly string[] = [
  ...['<!---->', '<!---->\n', '<!--', '<!-- -->-', '<!--->', '<![CDATA[', '<Code>', '<x:Code', '</Code', '<Code '].map(
    fill,
  ),
  ...['<?', '<?xml', '?><?', '<', '<a', 'a:', ':', '&', '&#', '&a', ' ', '\n', '<a:', 'a', '<Error><Code>'].map(fill),
  `<Error><Code>${fill(' ')}`,
  `<Error>${fill('<Code>')}`,
  `<Error><Message>${fill('<![CDATA[')}</Message></Error>`,
  `<Error><Message>${fill('&#x1')}</Message></Error>`,
  `<Error><Code${fill(' a')}`,
  `<Error><Code></Code${fill(' ')}`,
  `<${fill('a')}`,
  `<?xml ${fill('?')}`,
];

test.each(HOSTILE.map((text) => [`${text.slice(0, 30)}…`, text] as const))('%j', (_shown, text) => {
  const before = process.cpuUsage();
  for (const body of [text, `<?xml version="1.0"?>${text}`, `<Error>${text}`]) {
    readErrorAnswer(400, Buffer.from(body), {});
    statusOfErrorBody(Buffer.from(body));
    rootOf(Buffer.from(body));
    rootName(body);
    for (const name of ['Code', 'Message', 'RequestId']) firstElement(body, name);
    unescapeXml(body);
  }
  const { user } = process.cpuUsage(before);
  expect(user / 1_000).toBeLessThan(CPU_MS_MAX);
});

test.each([
  ['<Error><Code>A</Code></Error>', 'Error', 'A'],
  [
    '\uFEFF<?xml version="1.0"?>\n<!-- a --><!-- b -->\n<s3:Error a="b"><s3:Code x="y">A</s3:Code></s3:Error>',
    'Error',
    'A',
  ],
  ['<!-- <Error></Error> --><html><Code>A</Code></html>', 'html', 'A'],
  [`<!-- ${'<Error> '.repeat(200)} --><html><Code>A</Code></html>`, 'html', 'A'],
  ['<Error><Codes>no</Codes><Code >A&amp;<![CDATA[<&]]>]]&gt;</Code ></Error>', 'Error', 'A&<&]]>'],
  ['<Error><Code>A', 'Error', undefined],
  ['<Error><Code/><Message/></Error>', 'Error', undefined],
  ['plain text', undefined, undefined],
  ['<!-- open', undefined, undefined],
])('%j', (xml, root, code) => {
  expect(rootName(xml)).toBe(root);
  expect(rootOf(Buffer.from(xml))).toBe(root);
  expect(firstElement(xml, 'Code')).toBe(code);
});
