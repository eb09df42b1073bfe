import type { ReactNode } from 'react';

/** A text of the API: what stands in backticks there is code. */
export function Help({ text }: { readonly text: string }): ReactNode {
  const parts = text.split('`');
  return parts.map((part, index) => (index % 2 === 1 ? <code key={index}>{part}</code> : part));
}
