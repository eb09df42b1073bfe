import { useState } from 'react';
import type { Problem } from './check';
import type { FormState } from './form-context';

interface Problems {
  /** For `FormContext`. */
  readonly form: FormState;
  /** Places that keep the form from being sent, once that was tried. */
  readonly count: number;
  /** Shows what is wrong in these places from now on. */
  readonly touch: (paths: readonly string[]) => void;
  /** The form is to be sent. False: something is wrong with it; all of it is shown then, and the first has the focus. */
  readonly attempt: () => boolean;
}

/** What is wrong in a form is said where a person has been, and everywhere once the form is sent. `refused` is said at once. */
export function useProblems(problems: readonly Problem[], refused: readonly Problem[] = []): Problems {
  const [touched, setTouched] = useState<ReadonlySet<string>>(new Set());
  const [isAttempted, setAttempted] = useState(false);
  const shown = [...problems.filter(({ path }) => isAttempted || touched.has(path)), ...refused];
  const touch = (paths: readonly string[]): void => {
    if (paths.some((path) => !touched.has(path))) setTouched(new Set([...touched, ...paths]));
  };
  return {
    form: {
      problemAt: (path) => shown.find((problem) => problem.path === path)?.message,
      touch: (path) => touch([path]),
    },
    count: isAttempted ? problems.length : 0,
    touch,
    attempt: () => {
      setAttempted(true);
      if (problems.length > 0) focusFirstProblem();
      return problems.length === 0;
    },
  };
}

/** When what is wrong has been drawn. */
function focusFirstProblem(): void {
  requestAnimationFrame(() => {
    const [first] = document.querySelectorAll<HTMLElement>('main [aria-invalid="true"], main [data-invalid]');
    first?.focus();
    first?.scrollIntoView({ block: 'center' });
  });
}
