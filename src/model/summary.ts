import { TranslationBundle } from '@jupyterlab/translation';

import { ISessions } from '../tokens';

/**
 * All sessions in a few words, with a shape: colour alone says nothing to many.
 */
export interface ISummary {
  readonly shape: string;
  readonly text: string;
}

/**
 * What there is to say about the sessions at a glance.
 *
 * @param sessions - What is known of them.
 * @param trans - The language.
 */
export function summarize(
  sessions: Pick<ISessions, 'status' | 'problem'>,
  trans: TranslationBundle
): ISummary {
  const { problem, status } = sessions;
  if (problem) {
    return { shape: '!', text: trans.__('not known') };
  }
  if (!status) {
    return { shape: '○', text: '…' };
  }
  const all = status.sessions;
  const signedIn = all.filter(({ state }) => state === 'signed_in');
  if (all.length > 1) {
    return {
      shape:
        signedIn.length === all.length ? '●' : signedIn.length > 0 ? '◐' : '○',
      text: trans.__('%1 of %2 signed in', signedIn.length, all.length)
    };
  }
  const session = all[0];
  switch (session?.state) {
    case 'signed_in':
      return session.problem?.code === 'session_ended'
        ? { shape: '◐', text: trans.__('session ended, token holds') }
        : {
            shape: '●',
            text: session.identity?.email
              ? trans.__('signed in as %1', session.identity.email)
              : trans.__('signed in')
          };
    case 'expired':
      return { shape: '◐', text: trans.__('to be renewed') };
    case 'ended':
      return { shape: '○', text: trans.__('session ended') };
    default:
      return { shape: '○', text: trans.__('signed out') };
  }
}
