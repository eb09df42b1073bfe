import { queryOptions, useQuery } from '@tanstack/react-query';
import { type System, systemQuery } from '../../../client/system';
import type { Field } from '../../../form/field';
import { type JsonObject, objectOf, textOf, withMember } from '../../../form/json';
import { Labelled } from '../../../form/labelled';
import type { RequestSchemas } from '../../../form/request-schemas';
import { Members, SchemaField } from '../../../form/schema-field';
import { bucketArnOf, bucketOfArn } from '../../../parts/s3-uri';

interface OptionsSectionProps {
  /** Members of the request. */
  readonly others: JsonObject;
  readonly schemas: RequestSchemas;
  readonly onChange: (others: JsonObject) => void;
}

const MEMBERS = ['Description', 'Tags', 'Priority', 'RoleArn', 'NotificationUrl', 'ConfirmationRequired'];

/** Report, limits, and all that may be said of a job besides. */
export function OptionsSection({ others, schemas, onChange }: OptionsSectionProps) {
  const set = (name: string) => (value: Parameters<typeof withMember>[2]) => onChange(withMember(others, name, value));
  const { data: roles = [] } = useQuery(rolesQuery);
  const fields = MEMBERS.map(schemas.member).map((field) =>
    field.name === 'RoleArn' ? roleField(field, roles) : field,
  );
  return (
    <div className="stack">
      <ReportInputs report={objectOf(others['Report'])} onChange={set('Report')} />
      <SchemaField
        field={{ ...schemas.member('Limits'), required: false }}
        value={others['Limits']}
        path="Limits"
        onChange={set('Limits')}
      />
      <Members fields={fields} value={others} path="" onChange={onChange} />
    </div>
  );
}

const rolesQuery = queryOptions({
  ...systemQuery,
  refetchInterval: false,
  select: ({ roles }: System) => roles.map(({ arn }) => arn),
});

/** Roles are chosen where they are known. A former job's, which the account may no longer have, is for the API to refuse. */
function roleField(field: Field, roles: readonly string[]): Field {
  return roles.length === 0 ? field : { ...field, kind: 'choice', values: roles };
}

interface ReportInputsProps {
  readonly report: JsonObject;
  readonly onChange: (report: JsonObject | undefined) => void;
}

const A_REPORT: JsonObject = { Enabled: true, Format: 'Report_CSV_20180820', ReportScope: 'AllTasks' };

/** The API's own members, but for the one format that there is. */
function ReportInputs({ report, onChange }: ReportInputsProps) {
  const isWritten = report['Enabled'] === true;
  const set = (name: string, value: string): void => onChange(withMember(report, name, value || undefined));
  return (
    <fieldset className="form-group">
      <legend>
        <label className="row">
          <input type="checkbox" checked={isWritten} onChange={() => onChange(isWritten ? undefined : A_REPORT)} />
          Report
        </label>
      </legend>
      <p className="small muted">A completion report: what became of each object, in CSV files.</p>
      {isWritten && (
        <div className="form-members">
          <Labelled label="Bucket" path="Report.Bucket" required>
            {(input) => (
              <input
                {...input}
                type="text"
                autoComplete="off"
                spellCheck={false}
                value={bucketOfArn(textOf(report['Bucket']))}
                onChange={({ target }) => set('Bucket', bucketArnOf(target.value))}
              />
            )}
          </Labelled>
          <Labelled
            label="Prefix"
            path="Report.Prefix"
            help="The folder of the report; without it, it lies in the bucket itself."
          >
            {(input) => (
              <input
                {...input}
                type="text"
                autoComplete="off"
                spellCheck={false}
                value={textOf(report['Prefix'])}
                onChange={({ target }) => set('Prefix', target.value)}
              />
            )}
          </Labelled>
          <Labelled label="Rows" path="Report.ReportScope">
            {(input) => (
              <select
                {...input}
                value={textOf(report['ReportScope'])}
                onChange={({ target }) => set('ReportScope', target.value)}
              >
                <option value="AllTasks">all tasks</option>
                <option value="FailedTasksOnly">failed tasks only</option>
              </select>
            )}
          </Labelled>
        </div>
      )}
    </fieldset>
  );
}
