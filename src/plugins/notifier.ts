import { Notification } from '@jupyterlab/apputils';
import { TranslationBundle } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';

import { INotice, nextMoment, noticesOf } from '../model/notices';
import { ISessions } from '../tokens';
import { CommandIDs } from './commands';

/** Where the keys of what was said are kept, for all tabs of this browser. */
const TOLD = 'jupyterlab-deploykf:told';

/** So many keys are kept: the latest. */
const KEPT = 50;

/** The longest time that a browser's timer takes, in milliseconds. */
const LONGEST = 2 ** 31 - 1;

interface IParts {
  readonly commands: CommandRegistry;
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
  const { sessions, trans } = parts;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const look = () => {
    const all = sessions.status?.sessions ?? [];
    for (const notice of noticesOf(all, Date.now(), trans)) {
      if (isNew(parts.store, notice.key)) {
        say(parts, notice);
      }
    }
    clearTimeout(timer);
    const now = Date.now();
    const moment = nextMoment(all, now);
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
  look();
  return () => {
    clearTimeout(timer);
    sessions.changed.disconnect(look);
  };
}

function say(parts: IParts, notice: INotice): void {
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
  Notification.emit(notice.text, notice.level, {
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
