import type { Operation } from '../../../client/operations';
import { initial } from '../../../form/field';
import { Help } from '../../../form/help';
import { objectOf, withMember } from '../../../form/json';
import { Labelled } from '../../../form/labelled';
import type { RequestSchemas } from '../../../form/request-schemas';
import { Members, SchemaField } from '../../../form/schema-field';
import { type Draft, newStep, replaced, type Step, stepPath } from '../draft';

/** As many as a pipeline may have. */
const STEPS_MAX = 10;

interface OperationSectionProps {
  readonly draft: Draft;
  readonly schemas: RequestSchemas;
  readonly onChange: (draft: Draft) => void;
}

/** What is done to each object: one operation, or several, one after the other. */
export function OperationSection({ draft, schemas, onChange }: OperationSectionProps) {
  const { steps } = draft;
  const isPipeline = steps.length > 1;
  const change = (next: readonly Step[]): void => onChange({ ...draft, steps: next });
  return (
    <div className="stack">
      {steps.map((step, index) => (
        <StepEditor
          key={step.id}
          step={step}
          path={stepPath(draft, index)}
          label={isPipeline ? `Operation of step ${index + 1}` : 'Operation'}
          isPipeline={isPipeline}
          schemas={schemas}
          onChange={(next) => change(steps.with(index, next))}
          onRemove={isPipeline ? () => change(steps.toSpliced(index, 1)) : undefined}
        />
      ))}
      <div className="row">
        <button
          type="button"
          className="button"
          disabled={steps.length >= STEPS_MAX}
          onClick={() => change([...steps, newStep()])}
        >
          Add a step
        </button>
        <p className="small muted">Each object goes through all steps; the next only when the former succeeded.</p>
      </div>
      {isPipeline && (
        <SchemaField
          field={{ ...schemas.when, name: 'When, for the whole pipeline' }}
          value={draft.when}
          path="Operation.When"
          onChange={(when) => {
            const { when: _former, ...others } = draft;
            onChange(when === undefined ? others : { ...others, when });
          }}
        />
      )}
    </div>
  );
}

interface StepEditorProps {
  readonly step: Step;
  readonly path: string;
  readonly label: string;
  readonly isPipeline: boolean;
  readonly schemas: RequestSchemas;
  readonly onChange: (step: Step) => void;
  readonly onRemove: (() => void) | undefined;
}

function StepEditor(props: StepEditorProps) {
  const { step, path, label, schemas, onChange, onRemove } = props;
  const operation = schemas.operation(step.operation);
  const fields = schemas.parametersOf(step.operation);
  const choose = (name: string): void => {
    const field = schemas.parametersOf(name);
    const { When } = step.more;
    const more = When === undefined ? {} : { When };
    onChange(replaced(step, { operation: name, parameters: objectOf(field && initial(field)), more }));
  };
  return (
    <div className={onRemove === undefined ? 'stack' : 'stack new-job-step'}>
      <div className="row row-apart">
        <OperationChoice label={label} path={path} chosen={step.operation} schemas={schemas} onChoose={choose} />
        {onRemove !== undefined && (
          <button type="button" className="button" onClick={onRemove}>
            Remove this step
          </button>
        )}
      </div>
      {operation !== undefined && (
        <>
          <About operation={operation} />
          <Examples operation={operation} onUse={(parameters) => onChange(replaced(step, { ...step, parameters }))} />
        </>
      )}
      {fields !== undefined && (
        <Members
          key={step.edition}
          fields={fields.members()}
          value={step.parameters}
          path={`${path}.${step.operation}`}
          onChange={(next) => onChange({ ...step, parameters: next })}
        />
      )}
      {operation !== undefined && <Conditions {...props} operation={operation} />}
    </div>
  );
}

interface OperationChoiceProps {
  readonly label: string;
  readonly path: string;
  readonly chosen: string;
  readonly schemas: RequestSchemas;
  readonly onChoose: (name: string) => void;
}

function OperationChoice({ label, path, chosen, schemas, onChoose }: OperationChoiceProps) {
  const origins = ['AWS', 'Drover'] as const;
  return (
    <Labelled label={label} path={path} required>
      {(input) => (
        <select {...input} value={chosen} onChange={({ target }) => onChoose(target.value)}>
          {chosen === '' && <option value="">choose</option>}
          {origins.map((origin) => (
            <optgroup key={origin} label={origin === 'AWS' ? 'as AWS has them' : "Drover's own"}>
              {schemas.operations
                .filter((each) => each.origin === origin)
                .map(({ name, summary }) => (
                  <option key={name} value={name}>
                    {name}: {summary}
                  </option>
                ))}
            </optgroup>
          ))}
        </select>
      )}
    </Labelled>
  );
}

function About({ operation: { success, rerun, call, reference } }: { readonly operation: Operation }) {
  const facts = [
    ['When it has succeeded', success],
    ['On an object where it ran before', rerun],
    ['Calls', call],
  ] as const;
  return (
    <details>
      <summary>What it does</summary>
      <dl className="stack-close">
        {facts.map(([name, text]) => (
          <div key={name}>
            <dt className="small muted">{name}</dt>
            <dd>
              <Help text={text} />
            </dd>
          </div>
        ))}
      </dl>
      <p>
        <a href={reference} target="_blank" rel="noreferrer">
          S3&apos;s own documentation
        </a>
      </p>
    </details>
  );
}

interface ExamplesProps {
  readonly operation: Operation;
  readonly onUse: (parameters: Step['parameters']) => void;
}

function Examples({ operation: { name, examples }, onUse }: ExamplesProps) {
  const useful = examples.filter(({ parameters }) => Object.keys(parameters).length > 0);
  if (useful.length === 0) return null;
  return (
    <details>
      <summary>Examples of {name}</summary>
      <ul className="new-job-examples">
        {useful.map(({ title, parameters }) => (
          <li key={title} className="stack-close">
            <div className="row">
              <span>{title}</span>
              <button
                type="button"
                className="button"
                aria-label={`Use the example: ${title}`}
                onClick={() => onUse(objectOf(parameters))}
              >
                Use
              </button>
            </div>
            <pre className="new-job-code" tabIndex={0} aria-label={title}>
              {JSON.stringify(parameters, undefined, 2)}
            </pre>
          </li>
        ))}
      </ul>
    </details>
  );
}

/** What is said beside the parameters: for which objects, and which of two in a pipeline. */
function Conditions({
  step,
  path,
  isPipeline,
  schemas,
  operation,
  onChange,
}: StepEditorProps & { readonly operation: Operation }) {
  const set = (name: string, value: Parameters<typeof withMember>[2]): void =>
    onChange({ ...step, more: withMember(step.more, name, value) });
  return (
    <>
      <SchemaField
        field={{ ...schemas.when, help: 'Only for objects that meet all of these. Others are skipped.' }}
        value={step.more['When']}
        path={`${path}.When`}
        onChange={(value) => set('When', value)}
      />
      {operation.skipIfInDesiredState && (
        <label className="row">
          <input
            type="checkbox"
            checked={step.more['SkipIfInDesiredState'] === true}
            onChange={({ target }) => set('SkipIfInDesiredState', target.checked ? true : undefined)}
          />
          Skip objects that the operation would not change
        </label>
      )}
      {isPipeline && (
        <Labelled label="Applies to" path={`${path}.AppliesTo`}>
          {(input) => (
            <select
              {...input}
              value={step.more['AppliesTo'] === 'Source' ? 'Source' : 'Result'}
              onChange={({ target }) => set('AppliesTo', target.value === 'Source' ? 'Source' : undefined)}
            >
              <option value="Result">the object that the former steps made</option>
              <option value="Source">the object of the source</option>
            </select>
          )}
        </Labelled>
      )}
    </>
  );
}
