import { createContext, useContext } from 'react';

export interface FormState {
  /** What is shown to be wrong in a place. */
  readonly problemAt: (path: string) => string | undefined;
  /** The person has been in that place and left it: what is wrong there may be said now. */
  readonly touch: (path: string) => void;
}

export const FormContext = createContext<FormState>({ problemAt: () => undefined, touch: () => undefined });

export function useForm(): FormState {
  return useContext(FormContext);
}
