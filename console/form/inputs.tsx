import { duration } from '../parts/times';
import { withBucketArn } from './check';
import { type Field, takesEmpty } from './field';
import type { Json } from './json';
import { type InputProps, Labelled } from './labelled';
import { localInput, utcOf } from './local-time';
import { bytesText, quantityIn, unitOf } from './quantity';

export interface EditorProps {
  readonly field: Field;
  readonly value: Json | undefined;
  readonly path: string;
  /** Undefined: nothing stands there. */
  readonly onChange: (value: Json | undefined) => void;
  readonly isLabelUnseen?: boolean;
}

/** One value: a text, a number, a time, a choice. */
export function ValueEditor(props: EditorProps) {
  const { field, path, isLabelUnseen = false } = props;
  return (
    <Labelled label={field.name} path={path} help={field.help} required={field.required} isLabelUnseen={isLabelUnseen}>
      {(input) => <Input {...props} input={input} />}
    </Labelled>
  );
}

type ValueInputProps = EditorProps & { readonly input: InputProps };

function Input(props: ValueInputProps) {
  switch (props.field.kind) {
    case 'choice':
      return <ChoiceInput {...props} />;
    case 'boolean':
      return <YesNoInput {...props} />;
    case 'integer':
    case 'number':
      return <NumberInput {...props} />;
    case 'time':
      return <TimeInput {...props} />;
    case 'json':
      return <JsonInput {...props} />;
    default:
      return <TextInput {...props} />;
  }
}

function TextInput({ field, value, onChange, input }: ValueInputProps) {
  const text = shown(value);
  const leave = (): void => {
    const arn = withBucketArn(field, text);
    if (arn !== text) onChange(arn);
    input.onBlur();
  };
  return (
    <input
      {...input}
      type="text"
      spellCheck={false}
      autoComplete="off"
      value={text}
      onBlur={leave}
      onChange={({ target }) =>
        onChange(target.value === '' && !(field.required && takesEmpty(field)) ? undefined : target.value)
      }
    />
  );
}

/** While it is written, a text that is no number yet stays as it is: `0.0` on the way to `0.05`. */
function NumberInput({ field, value, onChange, input }: ValueInputProps) {
  const text = shown(value);
  const settle = (): void => {
    const number = quantityIn(field.name, text) ?? (text.trim() === '' ? Number.NaN : Number(text));
    if (typeof value === 'string' && Number.isFinite(number)) onChange(number);
  };
  const leave = (): void => {
    settle();
    input.onBlur();
  };
  const write = (given: string): void => {
    if (given === '') onChange(undefined);
    else onChange(String(Number(given)) === given ? Number(given) : given);
  };
  return (
    <span className="row">
      <input
        {...input}
        type="text"
        inputMode="decimal"
        autoComplete="off"
        className="form-number"
        value={text}
        onBlur={leave}
        // Enter sends the form from within the input.
        onKeyDown={({ key }) => key === 'Enter' && settle()}
        onChange={({ target }) => write(target.value)}
      />
      <span className="small muted">{quantityText(field.name, value)}</span>
    </span>
  );
}

function quantityText(name: string, value: Json | undefined): string {
  switch (unitOf(name)) {
    case 'bytes':
      return typeof value === 'number' ? bytesText(value) : 'or as 10GiB';
    case 'seconds':
      return typeof value === 'number' ? duration(value) : 'or as 30d';
    case undefined:
      return '';
  }
}

function TimeInput({ value, onChange, input }: ValueInputProps) {
  const utc = typeof value === 'string' ? value : undefined;
  return (
    <span className="row">
      <input
        {...input}
        type="datetime-local"
        step="1"
        value={localInput(utc)}
        onChange={({ target }) => onChange(utcOf(target.value))}
      />
      <span className="small muted">{utc === undefined ? 'in your time zone' : utc}</span>
    </span>
  );
}

function ChoiceInput({ field, value, onChange, input }: ValueInputProps) {
  const chosen = shown(value);
  // A value that is none of them is shown, too: it is what would be sent.
  const values = chosen === '' || field.values.includes(chosen) ? field.values : [chosen, ...field.values];
  return (
    <select {...input} value={chosen} onChange={({ target }) => onChange(target.value || undefined)}>
      {(!field.required || value === undefined) && <option value="">{field.required ? 'choose' : 'not set'}</option>}
      {values.map((each) => (
        <option key={each}>{each}</option>
      ))}
    </select>
  );
}

function YesNoInput({ field, value, onChange, input }: ValueInputProps) {
  return (
    <select
      {...input}
      value={shown(value)}
      onChange={({ target }) => onChange(target.value === '' ? undefined : target.value === 'true')}
    >
      {(!field.required || value === undefined) && <option value="">{field.required ? 'choose' : 'not set'}</option>}
      <option value="true">yes</option>
      <option value="false">no</option>
    </select>
  );
}

/** A text that is no JSON yet stays as it is. */
function JsonInput({ value, onChange, input }: ValueInputProps) {
  const text = value === undefined || typeof value === 'string' ? shown(value) : JSON.stringify(value, undefined, 2);
  return (
    <textarea
      {...input}
      rows={6}
      className="mono"
      spellCheck={false}
      value={text}
      onChange={({ target }) => onChange(target.value || undefined)}
      onBlur={() => {
        onChange(jsonIn(text));
        input.onBlur();
      }}
    />
  );
}

function jsonIn(text: string): Json | undefined {
  if (text.trim() === '') return undefined;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

function shown(value: Json | undefined): string {
  return value === undefined || value === null || typeof value === 'object' ? '' : String(value);
}
