import { Notification } from '@jupyterlab/apputils';
import { TranslationBundle } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';

import { INotice, nextMoment, noticesOf } from '../model/notices';
import { readPreferences } from '../model/preferences';
import { IPreferences, ISessions } from '../tokens';
import { CommandIDs } from './commands';

/** Where the keys of what was said are kept, for all tabs of this browser. */
const TOLD = 'jupyterlab-deploykf:told';

/** So many keys are kept: the latest. */
const KEPT = 50;

/** The longest time that a browser's timer takes, in milliseconds. */
const LONGEST = 2 ** 31 - 1;

interface IParts {
  readonly commands: CommandRegistry;
  readonly preferences: IPreferences;
  readonly sessions: ISessions;
  readonly trans: TranslationBundle;
  /** No secret is kept in it: issuers and times alone. */
  readonly store: Pick<Storage, 'getItem' | 'setItem'>;
}

/**
 * Follow the sessions, and say what there is to say: each thing once, never in
 * a modal, with what solves it.
 *
 * @param parts - What to follow.
 * @returns A function that stops it.
 */
export function startNotifier(parts: IParts): () => void {
  const { preferences, sessions, trans } = parts;
  let timer: ReturnType<typeof setTimeout> | undefined;
  // What is in sight, by its key.
  const shown = new Map<string, string>();
  const look = () => {
    clearTimeout(timer);
    const values = readPreferences(preferences.settings);
    const all = sessions.status?.sessions ?? [];
    const now = Date.now();
    const due = values.notices ? noticesOf(all, values, now, trans) : [];
    for (const [key, id] of shown) {
      if (!due.some(notice => notice.key === key)) {
        // It was solved, here or elsewhere.
        Notification.dismiss(id);
        shown.delete(key);
      }
    }
    for (const notice of due) {
      if (isNew(parts.store, notice.key)) {
        shown.set(notice.key, say(parts, notice));
      }
    }
    if (!values.notices) {
      return;
    }
    const moment = nextMoment(all, values, now);
    if (moment !== null) {
      // A second later: both clocks have passed it.
      const wait = Math.min(moment - now + 1000, LONGEST);
      timer = setTimeout(onMoment, wait);
    }
  };
  const onMoment = () => {
    // It may have been renewed without a word, while a laptop slept.
    void (document.hidden ? Promise.resolve(look()) : sessions.update());
  };
  sessions.changed.connect(look);
  preferences.changed.connect(look);
  look();
  return () => {
    clearTimeout(timer);
    sessions.changed.disconnect(look);
    preferences.changed.disconnect(look);
  };
}

function say(parts: IParts, notice: INotice): string {
  const { commands, trans } = parts;
  const { issuer } = notice;
  const action = notice.isLoginNeeded
    ? {
        label: trans.__('Log in'),
        callback: () =>
          void commands.execute(CommandIDs.login, { issuer, again: true })
      }
    : {
        label: trans.__('Show'),
        callback: () => void commands.execute(CommandIDs.showPanel)
      };
  return Notification.emit(notice.text, notice.level, {
    autoClose: false,
    actions: [action]
  });
}

/** Whether it was not said before, in this tab or in another; then it is now. */
function isNew(store: IParts['store'], key: string): boolean {
  const said = (store.getItem(TOLD) ?? '').split('\n').filter(Boolean);
  if (said.includes(key)) {
    return false;
  }
  store.setItem(TOLD, [...said, key].slice(-KEPT).join('\n'));
  return true;
}
