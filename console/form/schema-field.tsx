import './form.css';
import { type ReactNode, useId, useState } from 'react';
import { type Field, initial } from './field';
import { useForm } from './form-context';
import { Help } from './help';
import { type EditorProps, ValueEditor } from './inputs';
import { type Json, type JsonObject, listOf, objectOf, textOf, withMember } from './json';

/** What a schema says of one place, as a form. */
export function SchemaField(props: EditorProps) {
  const { field, value, path, onChange } = props;
  switch (field.kind) {
    case 'structure':
      return (
        <Group {...props}>
          <Members fields={field.members()} value={objectOf(value)} path={path} onChange={onChange} />
        </Group>
      );
    case 'list':
      return (
        <Group {...props}>
          <Entries {...props} />
        </Group>
      );
    case 'map':
      return (
        <Group {...props}>
          <Pairs {...props} />
        </Group>
      );
    default:
      return <ValueEditor {...props} />;
  }
}

interface MembersProps {
  readonly fields: readonly Field[];
  readonly value: JsonObject;
  readonly path: string;
  readonly onChange: (value: JsonObject) => void;
}

/** The members of a structure, one after the other. */
export function Members({ fields, value, path, onChange }: MembersProps) {
  return (
    <div className="form-members">
      {fields.map((member) => (
        <SchemaField
          key={member.name}
          field={member}
          value={value[member.name]}
          path={path === '' ? member.name : `${path}.${member.name}`}
          onChange={(next) => onChange(inOrder(fields, withMember(value, member.name, next)))}
        />
      ))}
    </div>
  );
}

/** As the API lists its members, whatever was written first: requests are read by people, too. */
function inOrder(fields: readonly Field[], value: JsonObject): JsonObject {
  const names = fields.map(({ name }) => name);
  const rank = (name: string): number => (names.includes(name) ? names.indexOf(name) : names.length);
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => rank(a) - rank(b)));
}

/** A heading over what belongs together. What may be absent has a box to tick: an empty list is not the same as none. */
function Group({ field, value, path, onChange, children }: EditorProps & { readonly children: ReactNode }) {
  const id = useId();
  const problem = useForm().problemAt(path);
  const isThere = field.required || value !== undefined;
  const toggle = (): void => onChange(isThere ? undefined : initial(field));
  const described = [field.help !== '' && `${id}-help`, problem !== undefined && `${id}-problem`].filter(Boolean);
  return (
    <fieldset className="form-group" aria-describedby={described.join(' ') || undefined}>
      <legend>
        {field.required ? (
          <>
            {field.name}
            <span className="form-required"> required</span>
          </>
        ) : (
          <label className="row">
            <input type="checkbox" checked={isThere} onChange={toggle} />
            {field.name}
          </label>
        )}
      </legend>
      {problem !== undefined && (
        <p id={`${id}-problem`} className="small bad" data-invalid>
          {problem}
        </p>
      )}
      {field.help !== '' && (
        <p id={`${id}-help`} className="small muted">
          <Help text={field.help} />
        </p>
      )}
      {isThere && children}
    </fieldset>
  );
}

function Entries(props: EditorProps) {
  const { field, value, path, onChange } = props;
  const item = field.item();
  const entries = listOf(value);
  if (item.kind === 'choice') return <Choices {...props} item={item} />;
  return (
    <div className="stack-close">
      {entries.map((entry, index) => (
        <div key={index} className="form-entry">
          <Entry
            item={item}
            value={entry}
            path={`${path}.${index}`}
            label={`${field.name} ${index + 1}`}
            onChange={(next) => onChange(entries.with(index, next ?? ''))}
          />
          <button
            type="button"
            className="button"
            aria-label={`Remove ${field.name} ${index + 1}`}
            onClick={() => onChange(entries.toSpliced(index, 1))}
          >
            Remove
          </button>
        </div>
      ))}
      <div>
        <button type="button" className="button" onClick={() => onChange([...entries, initial(item) ?? ''])}>
          Add to {field.name}
        </button>
      </div>
    </div>
  );
}

interface EntryProps {
  readonly item: Field;
  readonly value: Json;
  readonly path: string;
  readonly label: string;
  readonly onChange: (value: Json | undefined) => void;
}

function Entry({ item, value, path, label, onChange }: EntryProps) {
  if (item.kind === 'structure') {
    return (
      <div role="group" aria-label={label} className="form-entry-members">
        <Members fields={item.members()} value={objectOf(value)} path={path} onChange={onChange} />
      </div>
    );
  }
  return <SchemaField field={{ ...item, name: label }} value={value} path={path} onChange={onChange} isLabelUnseen />;
}

/** A list of values of a choice: which of them. */
function Choices({ value, item, onChange }: EditorProps & { readonly item: Field }) {
  const chosen = listOf(value).map(textOf);
  const toggle = (name: string): void =>
    onChange(item.values.filter((each) => (each === name) !== chosen.includes(each)));
  return (
    <div className="row">
      {item.values.map((name) => (
        <label key={name} className="row">
          <input type="checkbox" checked={chosen.includes(name)} onChange={() => toggle(name)} />
          {name}
        </label>
      ))}
    </div>
  );
}

/** A map, as pairs of name and value. Two pairs may have one name while they are written; the later counts. */
function Pairs({ field, value, path, onChange }: EditorProps) {
  const [pairs, setPairs] = useState(() => Object.entries(objectOf(value)));
  const item = field.item();
  const write = (next: readonly [string, Json][]): void => {
    setPairs([...next]);
    onChange(Object.fromEntries(next));
  };
  return (
    <div className="stack-close">
      {pairs.map(([name, each], index) => (
        <div key={index} className="form-entry">
          <div className="form-pair" role="group" aria-label={`${field.name} ${index + 1}`}>
            <ValueEditor
              field={{ ...field.itemName(), name: 'Name' }}
              value={name}
              path={`${path}.${name}`}
              onChange={(next) => write(pairs.with(index, [textOf(next), each]))}
            />
            <SchemaField
              field={{ ...item, name: 'Value', required: false }}
              value={each}
              path={`${path}.${name}`}
              onChange={(next) => write(pairs.with(index, [name, next ?? '']))}
            />
          </div>
          <button
            type="button"
            className="button"
            aria-label={`Remove ${field.name} ${index + 1}`}
            onClick={() => write(pairs.toSpliced(index, 1))}
          >
            Remove
          </button>
        </div>
      ))}
      <div>
        <button type="button" className="button" onClick={() => write([...pairs, ['', '']])}>
          Add to {field.name}
        </button>
      </div>
    </div>
  );
}
