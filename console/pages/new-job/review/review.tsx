import { type RefObject, useEffect, useRef } from 'react';
import { type JsonObject, objectOf } from '../../../form/json';
import type { RequestSchemas } from '../../../form/request-schemas';
import { Problem } from '../../../parts/problem';
import { previewOf } from '../draft';
import { PreviewPanel } from '../preview-panel';
import { keyOf, knownOf, type PreviewHandle } from '../use-preview';
import { Commands } from './commands';
import { lossesOf } from './deeds';
import { sentenceOf } from './sentence';

interface ReviewProps {
  readonly request: JsonObject;
  readonly schemas: RequestSchemas;
  readonly preview: PreviewHandle;
  /** The API's answer, when it refused the request. */
  readonly refusal: unknown;
  readonly isCreating: boolean;
  readonly onCreate: () => void;
  readonly onBack: () => void;
}

/** The page before the job is made: what will happen to how many objects, and the same request for other clients. */
export function Review(props: ReviewProps) {
  const { request, schemas, preview, refusal, isCreating, onCreate, onBack } = props;
  const source = previewOf(request);
  const { known } = knownOf(preview, source);
  useCounted(preview, source);
  const losses = lossesOf(objectOf(request['Operation']));
  return (
    <div className="stack">
      <section className="card stack" aria-label="What will happen">
        <p className="new-job-sentence">
          {sentenceOf(request, known, (name) => schemas.operation(name)?.summary ?? name)}
        </p>
        {losses.map((loss) => (
          <p key={loss} className="notice">
            {loss}
          </p>
        ))}
        {request['ConfirmationRequired'] === true && (
          <p>The job will wait, prepared, until it is confirmed once more.</p>
        )}
        <p className="muted">{reportText(request)}</p>
        <PreviewPanel preview={preview} source={source} onMissing={onBack} />
        {refusal !== null && <Problem error={refusal} />}
        <div className="row">
          <button
            type="button"
            className={losses.length > 0 ? 'button button-danger' : 'button button-main'}
            disabled={isCreating}
            onClick={onCreate}
          >
            {isCreating ? 'Creating …' : 'Create the job'}
          </button>
          <button type="button" className="button" onClick={onBack}>
            Back to the form
          </button>
        </div>
      </section>
      <Commands request={request} schemas={schemas} />
    </div>
  );
}

/** The objects are counted when the page is entered, unless they have been already. */
function useCounted(preview: PreviewHandle, source: JsonObject): void {
  const latest: RefObject<PreviewHandle> = useRef(preview);
  const counted = useRef(source);
  useEffect(() => {
    if (latest.current.of !== keyOf(counted.current)) latest.current.read(counted.current);
  }, []);
}

function reportText({ Report }: JsonObject): string {
  const { Enabled, ReportScope } = objectOf(Report);
  if (Enabled !== true) return 'No completion report is written. The failed tasks can be run again all the same.';
  return ReportScope === 'FailedTasksOnly'
    ? 'The report will have a row for each task that failed.'
    : 'The report will have a row for each object.';
}
