/** A request's input in AWS's shape, read by the schemas that the SDK writes requests by. */
import { XmlShapeDeserializer } from '@aws-sdk/core/protocols';
import { NormalizedSchema } from '@smithy/core/schema';
import { fromUtf8, toUtf8 } from '@smithy/core/serde';
import { bucketAndKey, type CallSchema, type WireRequest } from './routes';

interface Traits {
  readonly httpHeader?: string;
  readonly httpPrefixHeaders?: string;
  readonly httpQuery?: string;
  readonly httpPayload?: 1;
}

const XML = new XmlShapeDeserializer({
  xmlNamespace: 'http://s3.amazonaws.com/doc/2006-03-01/',
  timestampFormat: { useTrait: true, default: 5 },
  httpBindings: true,
  serviceNamespace: 'com.amazonaws.s3',
} as never);
XML.setSerdeContext({ utf8Decoder: fromUtf8, utf8Encoder: toUtf8 } as never);

export async function inputOf(schema: CallSchema, request: WireRequest): Promise<Record<string, unknown>> {
  const { bucket, key } = bucketAndKey(request.path);
  const input: Record<string, unknown> = { Bucket: bucket, ...(key !== '' && { Key: key }) };
  for (const [name, member] of NormalizedSchema.of(schema[4]).structIterator()) {
    const traits = member.getMergedTraits() as Traits;
    const value = traits.httpPayload ? await payload(member, request.body) : bound(member, traits, request);
    if (value !== undefined) input[name] = value;
  }
  return input;
}

async function payload(member: NormalizedSchema, body: Buffer): Promise<unknown> {
  if (member.isBlobSchema()) return body;
  return body.length === 0 ? undefined : ((await XML.read(member, body)) as unknown);
}

function bound(member: NormalizedSchema, traits: Traits, { headers, query }: WireRequest): unknown {
  const { httpHeader, httpPrefixHeaders: prefix, httpQuery } = traits;
  if (prefix !== undefined) {
    const named = Object.entries(headers).filter(([name]) => name.startsWith(prefix));
    return Object.fromEntries(named.map(([name, value]) => [name.slice(prefix.length), value]));
  }
  const text = httpQuery === undefined ? headers[httpHeader?.toLowerCase() ?? ''] : query.get(httpQuery);
  return text === undefined || text === null ? undefined : typed(member, text);
}

function typed(member: NormalizedSchema, text: string): unknown {
  if (member.isNumericSchema()) return Number(text);
  if (member.isBooleanSchema()) return text === 'true';
  if (!member.isTimestampSchema()) return text;
  const date = new Date(text);
  // Some set an Expires that is no date, and S3 keeps it.
  return Number.isNaN(date.getTime()) ? text : date;
}
