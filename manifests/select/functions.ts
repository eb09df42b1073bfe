/**
 * What an expression may call. All of these are pure functions of their arguments whose results are no larger than a few
 * times these: nothing that repeats or replaces text, makes lists, or looks at anything but its arguments.
 */
export const FUNCTIONS: ReadonlySet<string> = new Set([
  ...['lower', 'upper', 'trim', 'ltrim', 'rtrim', 'substring', 'substr', 'left', 'right', 'concat', 'split_part'],
  ...['length', 'char_length', 'character_length', 'strlen'],
  ...['starts_with', 'ends_with', 'prefix', 'suffix', 'contains', 'position', 'strpos', 'instr'],
  ...['like_escape', 'not_like_escape', 'ilike_escape', 'not_ilike_escape'],
  ...['regexp_matches', 'regexp_full_match'],
  ...['abs', 'round', 'floor', 'ceil', 'ceiling', 'trunc', 'mod', 'greatest', 'least', 'nullif'],
  ...['date_part', 'date_trunc', 'date_diff', 'datediff', 'epoch', 'epoch_ms'],
  ...['year', 'month', 'day', 'hour', 'minute', 'second', 'dayofweek', 'weekday', 'dayofyear', 'week'],
  ...['to_years', 'to_months', 'to_weeks', 'to_days', 'to_hours', 'to_minutes', 'to_seconds'],
]);

/** `LIKE` and its kin are operators with names of signs. */
export const OPERATORS: ReadonlySet<string> = new Set([
  '+',
  '-',
  '*',
  '/',
  '//',
  '%',
  '||',
  '~~',
  '!~~',
  '~~*',
  '!~~*',
  '^@',
]);

/** Functions of no argument that are the time when Preparing began: the same for all rows, and in each attempt. */
export const NOW: ReadonlySet<string> = new Set(['now', 'utcnow', 'current_timestamp', 'get_current_timestamp']);

export const TYPES: ReadonlySet<string> = new Set([
  ...['VARCHAR', 'BOOLEAN', 'TINYINT', 'SMALLINT', 'INTEGER', 'BIGINT', 'FLOAT', 'DOUBLE', 'DECIMAL'],
  ...['DATE', 'TIME', 'TIMESTAMP', 'INTERVAL'],
]);
