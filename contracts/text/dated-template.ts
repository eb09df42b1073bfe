import type { JobTemplate } from '../schedule';
import type { JobSource } from '../source';
import { expandPlaceholders } from './date-placeholders';

type Change = (member: string, text: string) => string;

/** A template with the time in place of the placeholders for it. */
export function datedTemplate(template: JobTemplate, due: Date): JobTemplate {
  return withDatedTexts(template, (_member, text) => expandPlaceholders(text, due));
}

/** The members that may have placeholders, by their paths. */
export function datedTexts(template: JobTemplate): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  withDatedTexts(template, (member, text) => {
    texts.set(member, text);
    return text;
  });
  return texts;
}

function withDatedTexts(template: JobTemplate, change: Change): JobTemplate {
  const { Manifest, Source, Report } = template;
  return {
    ...template,
    ...(Manifest === undefined
      ? {}
      : { Manifest: { ...Manifest, Location: withDatedArn(Manifest.Location, 'Manifest.Location', change) } }),
    ...(Source === undefined ? {} : { Source: withDatedSource(Source, change) }),
    Report: Report.Prefix === undefined ? Report : { ...Report, Prefix: change('Report.Prefix', Report.Prefix) },
  };
}

function withDatedArn<Location extends { readonly ObjectArn: string }>(
  location: Location,
  path: string,
  change: Change,
): Location {
  return { ...location, ObjectArn: change(`${path}.ObjectArn`, location.ObjectArn) };
}

/** Keys and former jobs are the same in each run. */
function withDatedSource(source: JobSource, change: Change): JobSource {
  if ('Prefixes' in source) {
    const Prefixes = source.Prefixes.map(({ Bucket, Prefix }, index) =>
      Prefix === undefined ? { Bucket } : { Bucket, Prefix: change(`Source.Prefixes.${index}.Prefix`, Prefix) },
    );
    return { ...source, Prefixes };
  }
  if (!('Manifests' in source)) return source;
  const Locations = source.Manifests.Locations.map((location, index) => {
    const path = `Source.Manifests.Locations.${index}`;
    if (!('KeyPattern' in location)) return withDatedArn(location, path, change);
    return { ...location, KeyPattern: change(`${path}.KeyPattern`, location.KeyPattern) };
  });
  return { Manifests: { ...source.Manifests, Locations } };
}
