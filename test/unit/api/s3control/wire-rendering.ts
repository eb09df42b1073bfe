import { NormalizedSchema } from '@smithy/core/schema';
import { MODEL_LIMITS } from '../../../../api/s3control/wire/model-limits';
import type { Schema } from '../../../../api/s3control/wire/xml';
import { Raw, Twice } from './wire-variants';

/** The ways in which XML lets one request be written. */
export interface Style {
  readonly order: 'model' | 'reversed' | 'shuffled';
  readonly namespace: 'default' | 'prefixed' | 'none';
  readonly items: 'member' | 'type';
  readonly declaration: '' | '<?xml version="1.0" encoding="UTF-8"?>\n' | "\uFEFF<?xml version='1.0'?>";
  readonly empty: 'self-closed' | 'pair';
  readonly between: '' | '\n  ' | '\r\n\t' | '<!-- <a> & -->' | '<?target data?>';
  readonly text: 'escaped' | 'cdata' | 'references' | 'broken by comments';
}

const PLAIN: Style = {
  order: 'model',
  namespace: 'default',
  items: 'member',
  declaration: '',
  empty: 'self-closed',
  between: '',
  text: 'escaped',
};

const CHOICES: { readonly [K in keyof Style]: readonly Style[K][] } = {
  order: ['model', 'reversed', 'shuffled'],
  namespace: ['default', 'prefixed', 'none'],
  items: ['member', 'type'],
  declaration: ['', '<?xml version="1.0" encoding="UTF-8"?>\n', "\uFEFF<?xml version='1.0'?>"],
  empty: ['self-closed', 'pair'],
  between: ['', '\n  ', '\r\n\t', '<!-- <a> & -->', '<?target data?>'],
  text: ['escaped', 'cdata', 'references', 'broken by comments'],
};

/** The plain style, each other choice alone, and some mixtures. */
export function styles(): Style[] {
  const all = [PLAIN];
  for (const [name, choices] of Object.entries(CHOICES)) {
    for (const choice of choices.slice(1)) all.push({ ...PLAIN, [name]: choice });
  }
  for (let mixture = 1; mixture <= 6; mixture += 1) {
    const mixed = Object.entries(CHOICES).map(([name, choices], index) => [
      name,
      choices[(mixture * (index + 2) + index) % choices.length],
    ]);
    all.push(Object.fromEntries(mixed) as Style);
  }
  return all;
}

/** A request as a document of this style. */
export function render(schema: Schema, value: unknown, style: Style = PLAIN): string {
  const shape = NormalizedSchema.of(schema);
  const uri = 'http://awss3control.amazonaws.com/doc/2018-08-20/';
  const attribute = { default: ` xmlns="${uri}"`, prefixed: ` xmlns:q='${uri}'`, none: '' }[style.namespace];
  const root = shape.getName() ?? '';
  return `${style.declaration}${element(root, content(shape, value, style), style, attribute)}${style.between}`;
}

function element(name: string, inner: string, { namespace, empty, between }: Style, attributes = ''): string {
  const tag = namespace === 'prefixed' ? `q:${name}` : name;
  const start = `${between}<${tag}${attributes}`;
  return inner === '' && empty === 'self-closed' ? `${start} />` : `${start}>${inner}</${tag}>`;
}

function content(shape: NormalizedSchema, value: unknown, style: Style): string {
  if (value instanceof Raw) return value.text;
  if (shape.isListSchema()) {
    const item = shape.getValueSchema();
    const name = style.items === 'type' ? typeName(shape, item) : (item.getMergedTraits().xmlName ?? 'member');
    return closed(
      (value as unknown[]).map((one) => element(name, content(item, one, style), style)),
      style,
    );
  }
  if (shape.isMapSchema()) {
    const entries = Object.entries(value as object).map(([key, one]) => {
      const pair = [
        element('key', text(key, style), style),
        element('value', content(shape.getValueSchema(), one, style), style),
      ];
      return element('entry', closed(style.order === 'model' ? pair : pair.reverse(), style), style);
    });
    return closed(entries, style);
  }
  if (shape.isStructSchema()) return closed(structure(shape, value as object, style), style);
  return text(typeof value === 'string' ? value : String(value), style);
}

/** What stands between elements stands before the closing tag too. */
function closed(elements: readonly string[], { between }: Style): string {
  return elements.length === 0 ? '' : elements.join('') + between;
}

function structure(shape: NormalizedSchema, value: object, style: Style): string[] {
  const members = new Map(shape.structIterator());
  const elements = Object.entries(value).flatMap(([name, given]) => {
    const member = members.get(name);
    if (member === undefined) return [element(name, String(given), style)];
    const once = (one: unknown): string =>
      element(member.getMemberTraits().xmlName ?? name, content(member, one, style), style);
    return given instanceof Twice ? [once(given.value), once(given.value)] : [once(given)];
  });
  if (style.order === 'reversed') return elements.reverse();
  if (style.order === 'model') return elements;
  // Some fixed disorder: the evens backwards, then the odds.
  return [
    ...elements.filter((_, index) => index % 2 === 0).reverse(),
    ...elements.filter((_, index) => index % 2 === 1),
  ];
}

function typeName(list: NormalizedSchema, item: NormalizedSchema): string {
  if (item.isStructSchema()) return item.getName() ?? '';
  const name = list.getMemberName();
  for (const { members } of Object.values(MODEL_LIMITS)) {
    const shape = members[name]?.items?.shape;
    if (shape !== undefined) return shape;
  }
  throw new Error(`no type for the items of ${name}`);
}

function text(value: string, style: Style): string {
  if (value === '') return '';
  switch (style.text) {
    case 'escaped':
      return escaped(value);
    case 'references':
      return Array.from(value, (char, index) => reference(char.codePointAt(0) ?? 0, index % 2 === 0)).join('');
    case 'cdata':
      return `<![CDATA[${value.replaceAll(']]>', ']]]]><![CDATA[>')}]]>`;
    case 'broken by comments': {
      const characters = Array.from(value);
      const half = characters.slice(0, Math.ceil(characters.length / 2)).join('');
      return `<!-- ]]> -->${escaped(half)}<!---->${escaped(value.slice(half.length))}<?pi?>`;
    }
  }
}

function escaped(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll(']]>', ']]&gt;').replaceAll("'", '&apos;');
}

function reference(point: number, hex: boolean): string {
  return hex ? `&#x${point.toString(16)};` : `&#${point};`;
}
