import { type ReactNode, useId } from 'react';
import { useForm } from './form-context';
import { Help } from './help';

/** What an input must have so that its label, its help and what is wrong with it are read with it. */
export interface InputProps {
  readonly id: string;
  readonly 'aria-describedby': string | undefined;
  readonly 'aria-invalid': boolean;
  readonly 'aria-required': boolean;
  readonly onBlur: () => void;
}

interface LabelledProps {
  readonly label: string;
  readonly path: string;
  readonly help?: string;
  readonly required?: boolean;
  /** The label is read, and stands above already. */
  readonly isLabelUnseen?: boolean;
  readonly children: (input: InputProps) => ReactNode;
}

/** One input with its label, its help, and what is wrong with it. */
export function Labelled({ label, path, help = '', required = false, isLabelUnseen = false, children }: LabelledProps) {
  const id = useId();
  const { problemAt, touch } = useForm();
  const problem = problemAt(path);
  const described = [help !== '' && `${id}-help`, problem !== undefined && `${id}-problem`].filter(Boolean).join(' ');
  return (
    <div className="field">
      <label htmlFor={id} className={isLabelUnseen ? 'unseen' : undefined}>
        {label}
        {required && (
          <span className="form-required" aria-hidden="true">
            {' '}
            required
          </span>
        )}
      </label>
      {children({
        id,
        'aria-describedby': described === '' ? undefined : described,
        'aria-invalid': problem !== undefined,
        'aria-required': required,
        onBlur: () => touch(path),
      })}
      {problem !== undefined && (
        <p id={`${id}-problem`} className="small bad">
          {problem}
        </p>
      )}
      {help !== '' && (
        <p id={`${id}-help`} className="small muted">
          <Help text={help} />
        </p>
      )}
    </div>
  );
}
