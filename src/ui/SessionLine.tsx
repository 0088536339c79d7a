import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { ISession } from '../tokens';
import { formatMoment } from './format';

/**
 * The warning that goes wherever a session is shown whose issuer is not verified.
 */
export function UnverifiedNote(props: {
  readonly trans: TranslationBundle;
}): JSX.Element {
  return (
    <p className="jp-deploykf-Warning">
      {props.trans.__(
        'Certificate not verified: TLS verification is switched off for this cluster.'
      )}
    </p>
  );
}

/**
 * Who is signed in, and until when, in one sentence.
 */
export function SessionLine(props: {
  readonly session: ISession;
  readonly trans: TranslationBundle;
  readonly now: number;
}): JSX.Element {
  const { session, trans } = props;
  const who = session.identity?.email ?? session.identity?.subject ?? '?';
  const until = formatMoment(session.expires_at ?? 0, props.now);
  const isKept = session.renewable && session.state === 'signed_in';
  return (
    <div className="jp-deploykf-Session">
      <p>
        {session.state === 'signed_in'
          ? trans.__('Signed in as %1 until %2.', who, until)
          : trans.__('%1 was signed in until %2.', who, until)}
      </p>
      {isKept && (
        <p className="jp-deploykf-Hint">
          {trans.__(
            'The session is kept fresh while this Jupyter server runs.'
          )}
        </p>
      )}
      {session.problem && (
        <p className="jp-deploykf-Warning">
          {session.problem.message} {session.problem.next_step}
        </p>
      )}
      {session.cluster.skip_tls_verify && <UnverifiedNote trans={trans} />}
    </div>
  );
}
