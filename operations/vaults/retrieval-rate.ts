import { z } from 'zod';
import { LIMITS } from '../../contracts/limits';

/** How fast retrievals may be started. */
export interface RetrievalRate {
  readonly inFlightMax: number;
  readonly perHour: readonly HourlyLimit[];
}

/** What retrievals that are started within any hour may come to. */
export interface HourlyLimit {
  /** The parameter that sets it. */
  readonly name: string;
  readonly max: number;
  /** What one retrieval comes to. */
  readonly of: (bytes: number) => number;
}

/** Parameters that bound the rate. */
export const rateMembers = {
  MaxRetrievalsInFlight: z
    .int()
    .min(1)
    .max(LIMITS.retrieval.inFlightMax)
    .optional()
    .describe(
      `Retrieval jobs that this job has in flight at the vault, at most. Default ${LIMITS.retrieval.inFlight}.`,
    ),
  MaxBytesPerHour: z
    .int()
    .min(1)
    .optional()
    .describe(
      'Bytes of the archives whose retrieval this job starts within an hour, at most: what the retrievals cost goes by it. An archive that is larger has an hour for itself. Absent: any number.',
    ),
  MaxCostPerHour: z
    .number()
    .positive()
    .optional()
    .describe(
      'What the retrievals that this job starts within an hour may cost, at most, by PricePerGB and PricePerThousandRetrievals, in whatever currency these are.',
    ),
  PricePerGB: z
    .number()
    .nonnegative()
    .optional()
    .describe('With MaxCostPerHour: the price of 10^9 retrieved bytes, by tier and region.'),
  PricePerThousandRetrievals: z
    .number()
    .nonnegative()
    .optional()
    .describe('With MaxCostPerHour: the price of 1,000 retrieval jobs, by tier and region. Default 0.'),
};

type Given = { readonly [Member in keyof typeof rateMembers]?: number | undefined };

/** Prices alone would do nothing, and a limit without them nothing either: the member and what is wrong with it. */
export function pricesProblem(given: Given): [member: keyof Given, message: string] | undefined {
  const { MaxCostPerHour, PricePerGB } = given;
  if (MaxCostPerHour !== undefined) {
    return PricePerGB === undefined ? ['MaxCostPerHour', 'needs PricePerGB'] : undefined;
  }
  const alone = (['PricePerGB', 'PricePerThousandRetrievals'] as const).find((member) => given[member] !== undefined);
  return alone && [alone, 'has a meaning only with MaxCostPerHour'];
}

export function rateOf({
  MaxRetrievalsInFlight: inFlightMax = LIMITS.retrieval.inFlight,
  MaxBytesPerHour,
  MaxCostPerHour,
  PricePerGB = 0,
  PricePerThousandRetrievals = 0,
}: Given): RetrievalRate {
  const perHour: HourlyLimit[] = [];
  if (MaxBytesPerHour !== undefined) {
    perHour.push({ name: 'MaxBytesPerHour', max: MaxBytesPerHour, of: (bytes) => bytes });
  }
  if (MaxCostPerHour !== undefined) {
    const of = (bytes: number): number => (bytes / 1e9) * PricePerGB + PricePerThousandRetrievals / 1_000;
    perHour.push({ name: 'MaxCostPerHour', max: MaxCostPerHour, of });
  }
  return { inFlightMax, perHour };
}
