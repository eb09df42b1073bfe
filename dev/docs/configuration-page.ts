import { credentialSettings, fileSettings, type SettingDescription } from '../../config/describe';
import { environmentSchema } from '../../config/environment';
import { mapTables, markdownTable, tableRows } from './markdown-table';

/** `docs/run/configuration.md` with the tables of what the file and the environment may hold; the rest as it is. */
export function configurationPage(present: string): string {
  const tables = [settingsTable(fileSettings()), settingsTable(credentialSettings()), environmentTable()];
  const headOf = (table: string): string => JSON.stringify(tableRows(table)[0]);
  // Two have the same head: they follow each other as above.
  return mapTables(present, (table) => {
    const next = tables.findIndex((one) => headOf(one) === headOf(table));
    return next < 0 ? table : (tables.splice(next, 1)[0] ?? table);
  });
}

function settingsTable(settings: readonly SettingDescription[]): string {
  const rows = settings.map(({ path, type, required, fallback, description }) => [
    `\`${path}\``,
    type,
    required ? 'required' : fallback,
    description,
  ]);
  return markdownTable(['Setting', 'Type', 'Default', 'Meaning'], rows);
}

interface VariableMeta {
  readonly description?: string;
  readonly fallback?: string | number | boolean;
  readonly words?: string;
  readonly setting?: string;
}

/** The variables that API and workers read. */
export function environmentTable(): string {
  const rows = Object.entries(environmentSchema.shape).map(([name, schema]) => {
    const { description = '', fallback, words, setting } = (schema.unwrap().meta() ?? {}) as VariableMeta;
    const standard = fallback === undefined ? (words ?? 'none') : `\`${String(fallback)}\``;
    return [`\`${name}\``, standard, setting === undefined ? '' : `\`${setting}\``, description];
  });
  return markdownTable(['Variable', 'Default', 'Setting', 'Meaning'], rows);
}
