import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { IAskState } from '../model/ask';
import { Confirm } from './Confirm';
import { hostOf } from './format';
import { SignIn } from './SignIn';

/**
 * The body of the dialog for a cell that needs a login.
 */
export function AskView(props: {
  readonly state: IAskState;
  readonly trans: TranslationBundle;
  /** Open the sign-in page; `false` where the browser refused. */
  readonly onOpenPage: () => boolean;
  readonly onTypeCode: (code: string) => void;
  readonly onSubmit: (code: string) => void;
  /** Say whether the session of someone else than before is meant. */
  readonly onDecide: (isMeant: boolean) => void;
}): JSX.Element {
  const { state, trans } = props;
  const isBusy = state.step === 'exchanging' || state.step === 'over';
  return (
    <div className="jp-deploykf-Login">
      <p>
        {trans.__(
          'A cell waits for a login at %1. Close this to answer in the cell itself.',
          hostOf(state.link.issuer)
        )}
      </p>
      {state.asked ? (
        <Confirm
          {...state.asked}
          issuer={state.link.issuer}
          isBusy={isBusy}
          problem={state.problem}
          trans={trans}
          onConfirm={() => props.onDecide(true)}
          onDecline={() => props.onDecide(false)}
        />
      ) : (
        <SignIn
          link={state.link}
          page={state.page}
          code={state.code}
          isBusy={isBusy}
          problem={state.problem}
          trans={trans}
          onOpen={props.onOpenPage}
          onTypeCode={props.onTypeCode}
          onSubmit={props.onSubmit}
        />
      )}
      <div className="jp-deploykf-Status" role="status">
        {isBusy && trans.__('The kernel is logging in…')}
      </div>
    </div>
  );
}
