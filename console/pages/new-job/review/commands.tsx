import { useQuery } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { sessionQuery } from '../../../client/session';
import type { JsonObject } from '../../../form/json';
import type { RequestSchemas } from '../../../form/request-schemas';
import { awsLine } from '../commands/aws-line';
import { curlLine } from '../commands/curl-line';
import { droverLine } from '../commands/drover-line';

interface CommandsProps {
  readonly request: JsonObject;
  readonly schemas: RequestSchemas;
}

/** The same request for a shell: by Drover's command line, by AWS's, and by curl. */
export function Commands({ request, schemas }: CommandsProps) {
  const { data: session } = useQuery(sessionQuery);
  const apiUrl = window.location.origin;
  const aws = awsLine(request, {
    apiUrl,
    account: session?.account,
    isOfAws: (name) => schemas.operation(name)?.origin === 'AWS',
    parametersOf: (name) => schemas.parametersOf(name)?.members() ?? [],
  });
  return (
    <section className="card stack" aria-labelledby="same-request">
      <h2 id="same-request">The same request from a shell</h2>
      <Command name="drover" line={droverLine(request, apiUrl)} />
      {'refused' in aws ? (
        <div className="stack-close">
          <h3>aws s3control</h3>
          <p className="muted">
            AWS&apos;s client can&apos;t write what is Drover&apos;s own: {aws.refused.join(', ')}.
          </p>
        </div>
      ) : (
        <Command name="aws s3control" line={aws.line} fillIn={aws.fillIn} />
      )}
      <Command name="curl" line={curlLine(request, { apiUrl, needsKey: session?.accessKeyId !== undefined })} />
    </section>
  );
}

interface CommandProps {
  readonly name: string;
  readonly line: string;
  readonly fillIn?: readonly string[];
}

function Command({ name, line, fillIn = [] }: CommandProps) {
  const text = useRef<HTMLPreElement>(null);
  const [said, setSaid] = useState('');
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(line);
      setSaid('Copied.');
    } catch {
      // Without TLS, and not on this machine, a browser has no clipboard for a page.
      if (text.current !== null) window.getSelection()?.selectAllChildren(text.current);
      setSaid('The browser does not let the page copy: the text is selected.');
    }
  };
  return (
    <div className="stack-close">
      <div className="row row-apart">
        <h3>{name}</h3>
        <div className="row">
          <span role="status" className="small muted">
            {said}
          </span>
          <button type="button" className="button" aria-label={`Copy the line for ${name}`} onClick={() => void copy()}>
            Copy
          </button>
        </div>
      </div>
      {fillIn.length > 0 && <p className="small muted">Put in their places first: {fillIn.join(', ')}.</p>}
      <pre ref={text} className="new-job-code" tabIndex={0} aria-label={`The request for ${name}`}>
        {line}
      </pre>
    </div>
  );
}
