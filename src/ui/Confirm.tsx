import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { IIdentity, IProblem, ISession } from '../tokens';
import { hostOf, nameOf } from './format';
import { Problem } from './Problem';

/**
 * The question whether a session may be someone else's than before.
 */
export function Confirm(props: {
  /** Who has logged in. */
  readonly identity: IIdentity;
  /** Whose session is there. */
  readonly before: IIdentity;
  /** How that session is; `null` where it is not known. */
  readonly beforeState: ISession['state'] | null;
  readonly issuer: string;
  /** Whether the answer is being carried out. */
  readonly isBusy: boolean;
  /** Why the last answer led to nothing; it may be given again. */
  readonly problem: IProblem | null;
  readonly trans: TranslationBundle;
  readonly onConfirm: () => void;
  readonly onDecline: () => void;
}): JSX.Element {
  const { before, beforeState, identity, isBusy, problem, trans } = props;
  const id = React.useId();
  const question = React.useRef<HTMLDivElement>(null);
  // Read aloud, and nothing is answered by an Enter that was meant for the page.
  React.useEffect(() => question.current?.focus(), [identity, before]);
  const who = nameOf(identity, trans);
  const whoBefore = nameOf(before, trans);
  const host = hostOf(props.issuer);
  const isOver = beforeState === 'ended' || beforeState === 'signed_out';
  const unlessBusy = (act: () => void) => (isBusy ? undefined : act);
  return (
    <div
      ref={question}
      className="jp-deploykf-Step"
      role="group"
      aria-labelledby={`${id}-question`}
      aria-describedby={`${id}-why`}
      tabIndex={-1}
    >
      <p id={`${id}-question`}>
        <strong>{trans.__('Use the session of %1 from now on?', who)}</strong>
      </p>
      <p id={`${id}-why`}>
        {isOver
          ? trans.__(
              'You have signed in at %1 as %2. The session before was of %3, and has ended.',
              host,
              who,
              whoBefore
            )
          : trans.__(
              'You have signed in at %1 as %2. Until now, notebooks and terminals on this server work as %3.',
              host,
              who,
              whoBefore
            )}
      </p>
      {identity.groups.length > 0 && (
        <p className="jp-deploykf-Hint">
          {trans.__('The groups of %1: %2', who, identity.groups.join(', '))}
        </p>
      )}
      {problem && <Problem what={problem} />}
      <div className="jp-deploykf-Row">
        <button
          type="button"
          className="jp-mod-styled jp-mod-accept"
          aria-disabled={isBusy}
          onClick={unlessBusy(props.onConfirm)}
        >
          {trans.__('Use %1', who)}
        </button>
        <button
          type="button"
          className="jp-mod-styled"
          aria-disabled={isBusy}
          onClick={unlessBusy(props.onDecline)}
        >
          {trans.__('Keep %1', whoBefore)}
        </button>
      </div>
    </div>
  );
}
