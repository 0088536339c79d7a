import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { IIdentity } from '../tokens';
import { hostOf, nameOf } from './format';

/**
 * The question whether a session may be someone else's than before.
 */
export function Confirm(props: {
  /** Who has logged in. */
  readonly identity: IIdentity;
  /** Whose session is there. */
  readonly before: IIdentity;
  readonly issuer: string;
  readonly trans: TranslationBundle;
  readonly onConfirm: () => void;
  readonly onDecline: () => void;
}): JSX.Element {
  const { before, identity, issuer, trans } = props;
  const id = React.useId();
  const question = React.useRef<HTMLDivElement>(null);
  // Read aloud, and nothing is answered by an Enter that was meant for the page.
  React.useEffect(() => question.current?.focus(), []);
  const who = nameOf(identity, trans);
  const whoBefore = nameOf(before, trans);
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
        {trans.__(
          'You have signed in at %1 as %2. Until now, notebooks and terminals on this server work as %3.',
          hostOf(issuer),
          who,
          whoBefore
        )}
      </p>
      {identity.groups.length > 0 && (
        <p className="jp-deploykf-Hint">
          {trans.__('The groups of %1: %2', who, identity.groups.join(', '))}
        </p>
      )}
      <div className="jp-deploykf-Row">
        <button
          type="button"
          className="jp-mod-styled jp-mod-accept"
          onClick={props.onConfirm}
        >
          {trans.__('Use %1', who)}
        </button>
        <button
          type="button"
          className="jp-mod-styled"
          onClick={props.onDecline}
        >
          {trans.__('Keep %1', whoBefore)}
        </button>
      </div>
    </div>
  );
}
