import { configurationPage } from './configuration-page';
import { consoleTypes } from './console-types';
import { errorsPage } from './errors-page';
import { operationsPage } from './operations-page';
import { storesPage } from './profiles-section';

/** A file that the code has a share in, mostly a page of docs/. The rest of docs/run/stores.md has what a run on real stores has seen: its test writes it. */
export interface GeneratedPage {
  readonly file: string;
  /** Takes the page as it is, gives it as it should be. */
  readonly render: (present: string) => string;
}

export const PAGES: readonly GeneratedPage[] = [
  { file: 'docs/use/operations.md', render: operationsPage },
  { file: 'docs/run/configuration.md', render: configurationPage },
  { file: 'docs/use/errors.md', render: errorsPage },
  { file: 'docs/run/stores.md', render: storesPage },
  { file: 'console/client/schema.d.ts', render: consoleTypes },
];
