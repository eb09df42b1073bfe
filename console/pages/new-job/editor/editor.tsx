import { type JsonObject, withMember } from '../../../form/json';
import type { RequestSchemas } from '../../../form/request-schemas';
import { SchemaField } from '../../../form/schema-field';
import { counted } from '../../../parts/numbers';
import { Problem } from '../../../parts/problem';
import type { Draft } from '../draft';
import { PreviewPanel } from '../preview-panel';
import type { PreviewHandle } from '../use-preview';
import { OperationSection } from './operation-section';
import { OptionsSection } from './options-section';
import { SourceSection } from './source-section';

interface EditorProps {
  readonly draft: Draft;
  readonly schemas: RequestSchemas;
  readonly preview: PreviewHandle;
  /** What a preview is to read; undefined: the source is not said yet. */
  readonly source: JsonObject | undefined;
  /** What the API refused, without naming a place of the form. */
  readonly unplaced: unknown;
  /** How many are shown. */
  readonly problems: number;
  readonly onChange: (draft: Draft) => void;
  readonly onMissing: () => void;
  readonly onReview: () => void;
}

/** The form. */
export function Editor(props: EditorProps) {
  const { draft, schemas, preview, source, unplaced, problems, onChange, onMissing, onReview } = props;
  const { others } = draft;
  return (
    <form
      className="stack new-job-form"
      noValidate
      onSubmit={(submitted) => {
        submitted.preventDefault();
        onReview();
      }}
    >
      <section className="card stack" aria-labelledby="which-objects">
        <h2 id="which-objects">Which objects</h2>
        <SourceSection source={draft.source} onChange={(next) => onChange({ ...draft, source: next })} />
        <SchemaField
          field={{ ...schemas.member('Filter'), required: false }}
          value={others['Filter']}
          path="Filter"
          onChange={(Filter) => onChange({ ...draft, others: withMember(others, 'Filter', Filter) })}
        />
        <PreviewPanel preview={preview} source={source} onMissing={onMissing} />
      </section>
      <section className="card stack" aria-labelledby="what-is-done">
        <h2 id="what-is-done">What is done to each</h2>
        <OperationSection draft={draft} schemas={schemas} onChange={onChange} />
      </section>
      <section className="card stack" aria-labelledby="how">
        <h2 id="how">Report, limits and more</h2>
        <OptionsSection others={others} schemas={schemas} onChange={(next) => onChange({ ...draft, others: next })} />
      </section>
      {unplaced !== null && <Problem error={unplaced} />}
      <div className="row">
        <button type="submit" className="button button-main">
          Review the job
        </button>
        <p role="status" className="bad">
          {problems > 0 && `${counted(problems, 'place')} to look at first.`}
        </p>
      </div>
    </form>
  );
}
