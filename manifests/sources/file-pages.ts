import type { Json } from '../../contracts/job';
import type { SequentialPage, SourceContext } from './source';

/** A place in the files of a part. */
export interface FileCursor {
  readonly file: number;
  /** In the file: the cursor of its reader. */
  readonly within: Json;
}

/** The rows of files, one file after the other. `read` goes on after the cursor that it gave. */
export async function* pagesOfFiles<File>(
  files: readonly File[],
  left: Json | undefined,
  { meter }: Pick<SourceContext, 'meter'>,
  read: (file: File, cursor: Json | undefined) => AsyncIterable<SequentialPage>,
): AsyncGenerator<SequentialPage> {
  const after = left as unknown as FileCursor | undefined;
  for (let file = after?.file ?? 0; file < files.length; file++) {
    for await (const page of read(files[file]!, file === after?.file ? after.within : undefined)) {
      yield { ...page, cursor: { file, within: page.cursor } };
    }
    meter?.filesDone(file + 1);
  }
}
