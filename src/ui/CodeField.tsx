import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { IProblem } from '../tokens';
import { Problem } from './Problem';

/**
 * The second step of a login: the code. What is pasted goes without a click.
 */
export const CodeField = React.forwardRef<
  HTMLInputElement,
  {
    readonly code: string;
    /** The host that the code has to come from. */
    readonly host: string;
    readonly isBusy: boolean;
    readonly problem: IProblem | null;
    readonly trans: TranslationBundle;
    readonly onType: (code: string) => void;
    readonly onSubmit: (code: string) => void;
  }
>(function CodeField(props, field) {
  const { code, isBusy, problem, trans } = props;
  const id = React.useId();
  const paste = (event: React.ClipboardEvent) => {
    const text = event.clipboardData.getData('text');
    if (text.trim() && !isBusy) {
      event.preventDefault();
      props.onSubmit(text);
    }
  };
  const submit = (event: React.FormEvent) => {
    event.preventDefault();
    if (!isBusy) {
      props.onSubmit(code);
    }
  };
  return (
    <form className="jp-deploykf-Step" onSubmit={submit}>
      <p>{trans.__('Copy the code that the page shows, and paste it here.')}</p>
      <div className="jp-deploykf-Row">
        <label className="jp-deploykf-Label" htmlFor={id}>
          {trans.__('Code')}
        </label>
        <input
          ref={field}
          id={id}
          className="jp-mod-styled jp-deploykf-Code"
          type="text"
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          placeholder={trans.__('Paste the code here')}
          value={code}
          readOnly={isBusy}
          aria-invalid={problem !== null}
          aria-describedby={`${problem ? `${id}-problem ` : ''}${id}-warning`}
          onChange={event => props.onType(event.target.value)}
          onPaste={paste}
        />
        <button
          type="submit"
          className="jp-mod-styled jp-mod-accept"
          disabled={!code.trim()}
          aria-disabled={isBusy}
        >
          {trans.__('Log in')}
        </button>
      </div>
      {problem && <Problem id={`${id}-problem`} what={problem} />}
      <p className="jp-deploykf-Hint" id={`${id}-warning`}>
        {trans.__(
          'Only paste a code if you started this login here. It has to come from %1; never paste one that someone sent you.',
          props.host
        )}
      </p>
    </form>
  );
});
