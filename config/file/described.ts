import type { z } from 'zod';

/** How a default is given: as a value, or in words where it depends on other settings. */
export type Default = { readonly value: unknown } | { readonly words: string };

export function required<T extends z.ZodType>(schema: T, description: string) {
  return schema.meta({ description });
}

export function optional<T extends z.ZodType>(schema: T, description: string, fallback: Default = { words: 'none' }) {
  const annotation = 'value' in fallback ? { default: fallback.value } : { 'x-default': fallback.words };
  return schema.meta({ description, ...annotation }).optional();
}
