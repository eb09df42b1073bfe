import { useId, useState } from 'react';
import { uploadManifest } from '../../../client/manifests';
import { Labelled } from '../../../form/labelled';
import { Problem } from '../../../parts/problem';
import { type SourceDraft, type Way, WAYS } from '../source';

interface SourceSectionProps {
  readonly source: SourceDraft;
  readonly onChange: (source: SourceDraft) => void;
}

const WAY_NAMES: Readonly<Record<Way, string>> = {
  prefixes: 'Below prefixes',
  manifest: 'A list',
  inventory: 'An inventory',
  keys: 'By name',
  job: 'A former job',
  json: 'As JSON',
};

/** Which objects: one of several ways to say so, and its inputs. */
export function SourceSection({ source, onChange }: SourceSectionProps) {
  const name = useId();
  return (
    <div className="stack">
      <fieldset className="new-job-ways">
        <legend className="unseen">Which objects</legend>
        {WAYS.map((way) => (
          <label key={way} className="chip">
            <input
              type="radio"
              name={name}
              checked={source.way === way}
              onChange={() => onChange({ ...source, way })}
            />
            {WAY_NAMES[way]}
          </label>
        ))}
      </fieldset>
      <WayInputs source={source} onChange={onChange} />
    </div>
  );
}

function WayInputs(props: SourceSectionProps) {
  const { source } = props;
  switch (source.way) {
    case 'prefixes':
      return (
        <>
          <Text
            {...props}
            name="prefixes"
            label="Prefixes"
            rows={2}
            help="One in each line: s3://bucket/folder/, or s3://bucket for all of it. They are listed when the job begins."
          />
          <Choice
            {...props}
            name="versions"
            label="Versions"
            values={{ '': 'current', Noncurrent: 'noncurrent', All: 'all', DeleteMarkers: 'delete markers' }}
          />
        </>
      );
    case 'manifest':
      return <ManifestInputs {...props} />;
    case 'inventory':
      return (
        <>
          <Text
            {...props}
            name="inventories"
            label="Inventory"
            rows={1}
            help="Its manifest.json: s3://bucket/…/manifest.json"
          />
          <Choice {...props} name="deleteMarkers" label="Delete markers" values={{ '': 'left out', Keep: 'kept' }} />
        </>
      );
    case 'keys':
      return <KeyInputs {...props} />;
    case 'job':
      return (
        <>
          <Line {...props} name="jobId" label="Job id" />
          <Choice
            {...props}
            name="rows"
            label="Rows of its report"
            values={{ failed: 'failed', succeeded: 'succeeded', skipped: 'skipped', all: 'all' }}
          />
        </>
      );
    case 'json':
      return (
        <Text
          {...props}
          name="json"
          label="Source as JSON"
          rows={10}
          help="An object with Source, Manifest or ManifestGenerator, as a request has it."
        />
      );
  }
}

function KeyInputs(props: SourceSectionProps) {
  return (
    <>
      <Line {...props} name="bucket" label="Bucket" />
      <Text
        {...props}
        name="keys"
        label="Keys"
        rows={6}
        help="One in each line, as they are: not URL-encoded. 1,000 at most."
      />
    </>
  );
}

function ManifestInputs(props: SourceSectionProps) {
  const { source, onChange } = props;
  const { uploaded, ...others } = source;
  return (
    <>
      {uploaded === undefined ? (
        <Text
          {...props}
          name="manifests"
          label="CSV files"
          rows={2}
          help="One in each line: s3://bucket/list.csv, or a pattern such as s3://bucket/lists/*.csv"
        />
      ) : (
        <p className="row">
          <span className="mono">{uploaded.name}</span> lies in the workspace now.
          <button type="button" className="button" onClick={() => onChange(others)}>
            Take another
          </button>
        </p>
      )}
      {uploaded === undefined && <Upload {...props} />}
      <Line
        {...props}
        name="columns"
        label="Columns"
        help="In their order, from `Bucket`, `Key`, `VersionId` and `Ignore`."
      />
      <Choice
        {...props}
        name="keyEncoding"
        label="Keys"
        values={{ '': 'URL-encoded', Raw: 'raw: + and % mean themselves' }}
      />
      <Choice
        {...props}
        name="emptyVersionId"
        label="An empty version id"
        values={{ '': 'is a failed row', Newest: 'is the newest version' }}
      />
    </>
  );
}

/** A file of this computer goes to the API at once: there it can be previewed, and stays for the job. */
function Upload({ source, onChange }: SourceSectionProps) {
  const [state, setState] = useState<{ readonly isSending: boolean; readonly error?: unknown }>({ isSending: false });
  const send = async (file: File): Promise<void> => {
    setState({ isSending: true });
    try {
      const { ObjectArn, ETag } = await uploadManifest(file);
      onChange({ ...source, uploaded: { name: file.name, location: { ObjectArn, ETag } } });
    } catch (error) {
      setState({ isSending: false, error });
    }
  };
  return (
    <>
      <Labelled label="Or a file of this computer" path="source.file">
        {(input) => (
          <input
            {...input}
            type="file"
            accept=".csv,.gz,text/csv"
            disabled={state.isSending}
            onChange={({ target: { files } }) => {
              const [file] = files ?? [];
              if (file !== undefined) void send(file);
            }}
          />
        )}
      </Labelled>
      {state.isSending && <p role="status">Sending …</p>}
      {state.error !== undefined && <Problem error={state.error} />}
    </>
  );
}

/** Inputs of a source whose value is a text. */
type TextName = Exclude<keyof SourceDraft, 'way' | 'uploaded'>;

interface InputProps extends SourceSectionProps {
  readonly name: TextName;
  readonly label: string;
  readonly help?: string;
}

function Text({ source, onChange, name, label, help = '', rows }: InputProps & { readonly rows: number }) {
  return (
    <Labelled label={label} path={`source.${name}`} help={help} required>
      {(input) => (
        <textarea
          {...input}
          rows={rows}
          className="mono"
          spellCheck={false}
          value={source[name]}
          onChange={({ target }) => onChange({ ...source, [name]: target.value })}
        />
      )}
    </Labelled>
  );
}

function Line({ source, onChange, name, label, help = '' }: InputProps) {
  return (
    <Labelled label={label} path={`source.${name}`} help={help} required>
      {(input) => (
        <input
          {...input}
          type="text"
          autoComplete="off"
          spellCheck={false}
          value={source[name]}
          onChange={({ target }) => onChange({ ...source, [name]: target.value })}
        />
      )}
    </Labelled>
  );
}

function Choice({
  source,
  onChange,
  name,
  label,
  values,
}: InputProps & { readonly values: Readonly<Record<string, string>> }) {
  return (
    <Labelled label={label} path={`source.${name}`}>
      {(input) => (
        <select
          {...input}
          value={source[name]}
          onChange={({ target }) => onChange({ ...source, [name]: target.value })}
        >
          {Object.entries(values).map(([value, text]) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </select>
      )}
    </Labelled>
  );
}
