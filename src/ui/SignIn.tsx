import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { ILink } from '../model/loginState';
import { IProblem } from '../tokens';
import { CodeField } from './CodeField';
import { hostOf } from './format';
import { OpenPage } from './OpenPage';

/**
 * The two steps of a login: open the issuer's page, and give the code that it shows.
 */
export function SignIn(props: {
  readonly link: ILink;
  readonly code: string;
  readonly isBusy: boolean;
  readonly problem: IProblem | null;
  readonly trans: TranslationBundle;
  readonly onOpen: () => boolean;
  readonly onTypeCode: (code: string) => void;
  readonly onSubmit: (code: string) => void;
}): JSX.Element {
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
    </>
  );
}
