import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { ISession } from '../tokens';
import { formatMoment, nameOf } from './format';
import { Note } from './Problem';

/**
 * The warning that goes wherever a session is shown whose issuer is not verified.
 */
export function UnverifiedNote(props: {
  readonly trans: TranslationBundle;
}): JSX.Element {
  return (
    <Note>
      {props.trans.__(
        'Certificate not verified: the check is switched off for this cluster.'
      )}
    </Note>
  );
}

/**
 * Who is signed in, and until when, in one sentence; and what is wrong with it.
 */
export function SessionLine(props: {
  readonly session: ISession;
  /** Whether the server extension is there to refresh it. */
  readonly isKeptFresh: boolean;
  readonly trans: TranslationBundle;
  /** Milliseconds since the epoch. */
  readonly now: number;
}): JSX.Element {
  const { session, trans } = props;
  return (
    <div className="jp-deploykf-Session">
      <p>{sentence(session, trans, props.now)}</p>
      {session.state === 'signed_in' && (
        <p className="jp-deploykf-Hint">{outlook(props)}</p>
      )}
      {session.problem && (
        <Note>
          {session.problem.message} {session.problem.next_step}
        </Note>
      )}
      {session.cluster.skip_tls_verify && <UnverifiedNote trans={trans} />}
    </div>
  );
}

/** What happens when the time is over. */
function outlook(props: {
  readonly session: ISession;
  readonly isKeptFresh: boolean;
  readonly trans: TranslationBundle;
}): string {
  const { isKeptFresh, session, trans } = props;
  if (!session.renewable) {
    return trans.__('It can’t be renewed: log in again after that.');
  }
  return isKeptFresh
    ? trans.__('It is kept fresh while this Jupyter server runs.')
    : trans.__('It is renewed when a notebook or a terminal needs it.');
}

function sentence(
  session: ISession,
  trans: TranslationBundle,
  now: number
): string {
  const who = nameOf(session.identity, trans);
  const until =
    session.expires_at === null ? '?' : formatMoment(session.expires_at, now);
  switch (session.state) {
    case 'signed_in':
      return trans.__('Signed in as %1 until %2.', who, until);
    case 'expired':
    case 'ended':
      return trans.__('%1 was signed in until %2.', who, until);
    case 'signed_out':
      return trans.__('You are not signed in at %1.', session.cluster.name);
  }
}
