import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { ILink, PageState } from '../model/loginState';
import { IProblem } from '../tokens';
import { CodeField } from './CodeField';
import { hostOf } from './format';
import { OpenPage } from './OpenPage';

/**
 * What a sign-in is made from.
 */
export interface ISignInProps {
  readonly link: ILink;
  readonly page: PageState;
  readonly code: string;
  readonly isBusy: boolean;
  readonly problem: IProblem | null;
  readonly trans: TranslationBundle;
  readonly onOpen: () => boolean;
  readonly onTypeCode: (code: string) => void;
  readonly onSubmit: (code: string) => void;
}

/**
 * The two steps of a login: open the issuer's page, and give the code that it
 * shows; or the one step, where the code can be taken from the page.
 */
export function SignIn(props: ISignInProps): JSX.Element {
  const { isBusy, link, problem, trans } = props;
  const field = React.useRef<HTMLInputElement>(null);
  React.useEffect(() => {
    if (problem) {
      field.current?.focus();
      field.current?.select();
    }
  }, [problem]);
  const open = () => {
    const isOpen = props.onOpen();
    // When people come back, they can paste at once.
    field.current?.focus();
    return isOpen;
  };
  return (
    <>
      {link.isRenewed && (
        <div className="jp-deploykf-Problem" role="alert">
          {trans.__(
            'The link is older than 10 minutes. Open the new one, and paste the code that it shows.'
          )}
        </div>
      )}
      {link.isHandsFree ? (
        <HandsFree {...props} field={field} onOpen={open} />
      ) : (
        <ol className="jp-deploykf-Steps">
          <li>
            <OpenPage link={link} trans={trans} onOpen={open} />
          </li>
          <li>
            <CodeField
              ref={field}
              code={props.code}
              host={hostOf(link.url)}
              isBusy={isBusy}
              problem={problem}
              trans={trans}
              onType={props.onTypeCode}
              onSubmit={props.onSubmit}
            />
          </li>
        </ol>
      )}
    </>
  );
}

/** One step: the code is taken from the page, and the field is there if not. */
function HandsFree(
  props: ISignInProps & { readonly field: React.Ref<HTMLInputElement> }
): JSX.Element {
  const { link, page, problem, trans } = props;
  const isGone = page === 'gone';
  // Once open it stays so: people type in there, and what they type ends a problem.
  const [isUnfolded, setUnfolded] = React.useState(false);
  React.useEffect(() => {
    if (isGone || problem) {
      setUnfolded(true);
    }
  }, [isGone, problem]);
  return (
    <>
      <OpenPage link={link} trans={trans} onOpen={props.onOpen} />
      <p role="status">
        {page === 'open' &&
          trans.__(
            'Waiting for you to sign in. This goes on by itself when you have.'
          )}
        {isGone &&
          trans.__(
            'The window was closed, or your browser keeps it apart. Open it again, or paste the code that it shows.'
          )}
      </p>
      <details
        open={isUnfolded || isGone || problem !== null}
        onToggle={event => setUnfolded(event.currentTarget.open)}
      >
        <summary>{trans.__('Paste the code yourself')}</summary>
        <CodeField
          ref={props.field}
          code={props.code}
          host={hostOf(link.url)}
          isBusy={props.isBusy}
          problem={problem}
          trans={trans}
          onType={props.onTypeCode}
          onSubmit={props.onSubmit}
        />
      </details>
    </>
  );
}
