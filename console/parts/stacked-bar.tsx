import type { Mood } from './lifecycle';

interface StackedBarProps {
  /** From the left; shares of the whole bar. */
  readonly parts: readonly { readonly mood: Mood; readonly share: number }[];
  /** Undefined: the same stands beside it in words. */
  readonly label?: string;
}

/** A bar of parts, one after the other. */
export function StackedBar({ parts, label }: StackedBarProps) {
  const seen = label === undefined ? { 'aria-hidden': true } : { role: 'img', 'aria-label': label };
  return (
    <svg className="bar" viewBox="0 0 1 1" preserveAspectRatio="none" {...seen}>
      {parts.map(({ mood, share }, index) => (
        <rect
          key={index}
          className={`bar-${mood}`}
          x={parts.slice(0, index).reduce((sum, part) => sum + part.share, 0)}
          width={share}
          height="1"
        />
      ))}
    </svg>
  );
}
