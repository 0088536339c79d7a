import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { IAttempt } from '../login/attempt';
import { ILoginState } from '../model/login';
import { hostOf } from './format';
import { Problem } from './Problem';

/**
 * The two steps of a login: open the issuer's page, and give the code that it shows.
 */
export function SignIn(props: {
  readonly state: ILoginState;
  readonly attempt: IAttempt;
  readonly trans: TranslationBundle;
  readonly onCode: (code: string) => void;
  readonly onSubmit: () => void;
}): JSX.Element {
  const { state, attempt, trans } = props;
  const field = React.useRef<HTMLInputElement>(null);
  const link = React.useRef<HTMLAnchorElement>(null);
  // The next step, for whoever uses the keyboard.
  React.useEffect(() => link.current?.focus(), [attempt]);
  const [isCopied, setCopied] = React.useState(false);
  const problem = state.problem?.field === 'code' ? state.problem.what : null;
  const host = hostOf(attempt.issuer);

  const paste = (event: React.ClipboardEvent) => {
    // What is pasted goes without another click.
    const text = event.clipboardData.getData('text');
    if (text.trim()) {
      event.preventDefault();
      props.onCode(text);
      props.onSubmit();
    }
  };
  return (
    <>
      {state.renewed && (
        <p className="jp-deploykf-Warning" role="alert">
          {trans.__(
            'The link was older than 10 minutes, so here is a new one. Open it, and paste the code that it shows.'
          )}
        </p>
      )}
      <ol className="jp-deploykf-Steps">
        <li>
          <p>{trans.__('Sign in on the page of %1, in a new tab.', host)}</p>
          <div className="jp-deploykf-Row">
            <a
              ref={link}
              className="jp-deploykf-Open jp-mod-styled jp-mod-accept"
              href={attempt.url}
              target="_blank"
              rel="noopener noreferrer"
              onClick={() => field.current?.focus()}
            >
              {trans.__('Open the sign-in page')}
            </a>
            <button
              type="button"
              className="jp-mod-styled jp-mod-minimal"
              onClick={() => {
                void navigator.clipboard
                  ?.writeText(attempt.url)
                  .then(() => setCopied(true));
              }}
            >
              {isCopied ? trans.__('Link copied') : trans.__('Copy the link')}
            </button>
          </div>
        </li>
        <li>
          <p>{trans.__('Copy the code that the page shows, and paste it.')}</p>
          <form
            className="jp-deploykf-Row"
            onSubmit={event => {
              event.preventDefault();
              props.onSubmit();
            }}
          >
            <input
              ref={field}
              className="jp-mod-styled jp-deploykf-Code"
              type="text"
              autoComplete="off"
              spellCheck={false}
              aria-label={trans.__('Code')}
              aria-invalid={problem !== null}
              aria-describedby="jp-deploykf-code-warning"
              placeholder={trans.__('Paste the code here')}
              value={state.code}
              onChange={event => props.onCode(event.target.value)}
              onPaste={paste}
            />
            <button
              type="submit"
              className="jp-mod-styled jp-mod-accept"
              disabled={!state.code.trim() || state.waiting !== null}
            >
              {trans.__('Log in')}
            </button>
          </form>
          {problem && <Problem what={problem} />}
          <p className="jp-deploykf-Hint" id="jp-deploykf-code-warning">
            {trans.__(
              'Only paste a code if you started this login here, and the page was of %1.',
              host
            )}
          </p>
        </li>
      </ol>
    </>
  );
}
