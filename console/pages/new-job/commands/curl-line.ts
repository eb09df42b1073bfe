import type { JsonObject } from '../../../form/json';
import { commandLine } from './shell';

interface Connection {
  /** `http://127.0.0.1:8800` */
  readonly apiUrl: string;
  /** The API asks for a key. */
  readonly needsKey: boolean;
}

/** The request as curl sends it. The key is taken from the environment: no secret stands in a command line. */
export function curlLine(request: JsonObject, { apiUrl, needsKey }: Connection): string {
  const options = [
    ['-H', 'content-type: application/json'],
    ['--data-raw', JSON.stringify(request, undefined, 2)],
  ];
  const user = needsKey ? ' --user "$DROVER_ACCESS_KEY:$DROVER_SECRET_KEY"' : '';
  return `curl -sS${user} ${commandLine([`${apiUrl}/api/jobs`], options)}`;
}
