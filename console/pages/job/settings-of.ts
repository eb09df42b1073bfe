import type { Job } from '../../client/api';
import type { JobChanges } from '../../client/jobs';
import { isSame, type Json, type JsonObject, withMember } from '../../form/json';

/** What can be changed of a job, as one object for the form: priority, tags, and each limit by its name. */
export function settingsOf({ priority, limits, tags = [] }: Pick<Job, 'priority' | 'limits' | 'tags'>): JsonObject {
  const known = { Priority: priority, ...(limits as JsonObject) };
  return tags.length === 0 ? known : { ...known, Tags: tags.map(({ Key, Value }) => ({ Key, Value })) };
}

/** Those that the form has changed. Limits go together, as the API replaces them. */
export function changesOf(given: JsonObject, before: JsonObject): JobChanges {
  const limits = limitsOf(given);
  return {
    ...(given['Priority'] !== before['Priority'] && { priority: Number(given['Priority']) }),
    ...(!isSame(limits, limitsOf(before)) && { limits: limits }),
    ...(!isSame(given['Tags'] ?? [], before['Tags'] ?? []) && { tags: tagsOf(given['Tags']) }),
  };
}

function limitsOf(settings: JsonObject): JsonObject {
  return withMember(withMember(settings, 'Priority', undefined), 'Tags', undefined);
}

function tagsOf(tags: Json | undefined): NonNullable<JobChanges['tags']> {
  return (tags ?? []) as unknown as NonNullable<JobChanges['tags']>;
}
