import type { JobFilter } from '../../contracts/source';
import { badFilter } from './common/refusal';
import { allOf } from './common/verdicts';
import { createdAfter } from './created-after';
import { createdBefore } from './created-before';
import type { FilterDefinition, RowMember, RowTest } from './definition';
import { eligibleForReplication } from './eligible-for-replication';
import { exclude } from './exclude';
import { include } from './include';
import { keyMatches } from './key-matches';
import { matchAnyObjectEncryption } from './match-any-object-encryption';
import { matchAnyPrefix } from './match-any-prefix';
import { matchAnyStorageClass } from './match-any-storage-class';
import { matchAnySubstring } from './match-any-substring';
import { matchAnySuffix } from './match-any-suffix';
import { newerThanSeconds } from './newer-than-seconds';
import { objectReplicationStatuses } from './object-replication-statuses';
import { objectSizeGreaterThanBytes } from './object-size-greater-than-bytes';
import { objectSizeLessThanBytes } from './object-size-less-than-bytes';
import { olderThanSeconds } from './older-than-seconds';

/**
 * `Select` decides on pages of rows, in a process of its own (`manifests/select/`), and `SelectBy` may let the store do so before; `When` is for the rows that all others let pass;
 * `Duplicates` is about all rows together (`manifests/duplicates/`).
 */
type RowFilterMember = Exclude<keyof JobFilter, (typeof NOT_BY_ROW)[number]>;
const NOT_BY_ROW = ['Select', 'SelectBy', 'When', 'Duplicates'] as const;

/** Every filter that decides on a row by itself, cheapest first: what fails early spares the others. */
export const FILTERS: { readonly [M in RowFilterMember]-?: FilterDefinition<M> } = {
  ObjectSizeGreaterThanBytes: objectSizeGreaterThanBytes,
  ObjectSizeLessThanBytes: objectSizeLessThanBytes,
  CreatedAfter: createdAfter,
  CreatedBefore: createdBefore,
  OlderThanSeconds: olderThanSeconds,
  NewerThanSeconds: newerThanSeconds,
  MatchAnyStorageClass: matchAnyStorageClass,
  ObjectReplicationStatuses: objectReplicationStatuses,
  EligibleForReplication: eligibleForReplication,
  MatchAnyPrefix: matchAnyPrefix,
  MatchAnySuffix: matchAnySuffix,
  MatchAnySubstring: matchAnySubstring,
  MatchAnyObjectEncryption: matchAnyObjectEncryption,
  Include: include,
  Exclude: exclude,
  KeyMatches: keyMatches,
};

export interface BoundFilter {
  /**
   * True when all members hold, false when one does not, whatever the row leaves open of the others. `unknown`: ask the
   * store for `needs`, and try again with the row that `mergeTold` makes of the answer.
   */
  readonly passes: RowTest;
  /** Members of a row by which the filter decides. */
  readonly needs: readonly RowMember[];
}

/**
 * All members of a filter that decide by the row alone, prepared once for all rows.
 *
 * @param nowMs - From which ages count.
 * @throws DroverError BadRequestException that names the member and what is wrong with it.
 */
export function bindFilter(filter: JobFilter, nowMs: number): BoundFilter {
  const members = (Object.keys(FILTERS) as RowFilterMember[]).filter((member) => filter[member] !== undefined);
  for (const member of Object.keys(filter)) {
    if (!NOT_BY_ROW.some((other) => other === member) && !Object.hasOwn(FILTERS, member)) {
      throw badFilter(member as keyof JobFilter, 'is no filter');
    }
  }
  const bound = members.map((member) => bindMember(FILTERS[member] as FilterDefinition, filter, nowMs));
  return {
    passes: allOf(bound.map(({ test }) => test)),
    needs: [...new Set(bound.flatMap(({ needs }) => needs))],
  };
}

function bindMember(definition: FilterDefinition, filter: JobFilter, nowMs: number) {
  const value = filter[definition.member] as never;
  return { test: definition.bind(value, nowMs), needs: definition.needs(value) };
}
