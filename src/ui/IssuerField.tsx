import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { IProblem } from '../tokens';
import { Problem } from './Problem';

/** What an issuer's URL looks like on deployKF. */
export const EXAMPLE_ISSUER = 'https://deploykf.example.com/dex';

/**
 * Where a cluster that is not known yet is named.
 */
export function IssuerField(props: {
  readonly text: string;
  readonly isBusy: boolean;
  readonly problem: IProblem | null;
  readonly trans: TranslationBundle;
  readonly onType: (text: string) => void;
  readonly onContinue: () => void;
}): JSX.Element {
  const { isBusy, problem, text, trans } = props;
  const id = React.useId();
  const field = React.useRef<HTMLInputElement>(null);
  React.useEffect(() => field.current?.focus(), [problem]);
  return (
    <form
      className="jp-deploykf-Field"
      onSubmit={event => {
        event.preventDefault();
        if (text.trim() && !isBusy) {
          props.onContinue();
        }
      }}
    >
      <label className="jp-deploykf-Label" htmlFor={id}>
        {trans.__('Issuer URL')}
      </label>
      <div className="jp-deploykf-Row">
        <input
          ref={field}
          id={id}
          className="jp-mod-styled"
          type="text"
          inputMode="url"
          autoComplete="off"
          spellCheck={false}
          placeholder={EXAMPLE_ISSUER}
          value={text}
          readOnly={isBusy}
          aria-invalid={problem !== null}
          aria-describedby={`${id}-hint${problem ? ` ${id}-problem` : ''}`}
          onChange={event => props.onType(event.target.value)}
        />
        <button
          type="submit"
          className="jp-mod-styled jp-mod-accept"
          disabled={!text.trim()}
          aria-disabled={isBusy}
        >
          {trans.__('Continue')}
        </button>
      </div>
      {problem && <Problem id={`${id}-problem`} what={problem} />}
      <p className="jp-deploykf-Hint" id={`${id}-hint`}>
        {trans.__(
          'Or the address of your deployKF dashboard: the issuer is beside it, under /dex.'
        )}
      </p>
    </form>
  );
}
