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
  const all = sessions.status?.sessions ?? [];
  if (sessions.problem) {
    return { shape: '!', text: trans.__('not known') };
  }
  const signedIn = all.filter(({ state }) => state === 'signed_in');
  if (all.length > 1) {
    return {
      shape: signedIn.length === all.length ? '●' : '◐',
      text: trans.__('%1 of %2 signed in', signedIn.length, all.length)
    };
  }
  switch (all[0]?.state) {
    case 'signed_in':
      return {
        shape: '●',
        text: all[0].identity?.email ?? trans.__('signed in')
      };
    case 'expired':
      return { shape: '◐', text: trans.__('to be renewed') };
    case 'ended':
      return { shape: '○', text: trans.__('session ended') };
    default:
      return { shape: '○', text: trans.__('signed out') };
  }
}
