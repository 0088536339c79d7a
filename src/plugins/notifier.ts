import { Notification } from '@jupyterlab/apputils';
import { TranslationBundle } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';

import { INotice, nextMoment, noticesOf } from '../model/notices';
import { readPreferences } from '../model/preferences';
import { IPreferences, ISessions } from '../tokens';
import { formatMoment } from '../ui/format';
import { CommandIDs } from './commands';
import { Told } from './told';

export { Told };

/** The longest time that a browser's timer takes, in milliseconds. */
const LONGEST = 2 ** 31 - 1;

interface IParts {
  readonly commands: CommandRegistry;
  readonly preferences: IPreferences;
  readonly sessions: ISessions;
  readonly trans: TranslationBundle;
  /** What was said already, in all tabs. */
  readonly told: Told;
}

/**
 * Follow the sessions, and say what there is to say: each thing once, never in
 * a modal, with what solves it. A tab that nobody sees says nothing.
 *
 * @param parts - What to follow.
 * @returns A function that stops it.
 */
export function startNotifier(parts: IParts): () => void {
  const { preferences, sessions, told, trans } = parts;
  let timer: ReturnType<typeof setTimeout> | undefined;
  // What is in sight, by its key.
  const shown = new Map<string, string>();
  let due: readonly INotice[] = [];
  const look = async () => {
    clearTimeout(timer);
    const all = sessions.status?.sessions ?? [];
    const { settings } = preferences;
    const values = readPreferences(settings);
    const now = Date.now();
    const say = (moment: number) => formatMoment(moment, now);
    // What the settings say is not known yet, or is that nobody wants to know.
    const isSilent = settings === null || !values.notices;
    due = isSilent ? [] : noticesOf(all, values, now, { say, trans });
    for (const [key, id] of shown) {
      if (!due.some(notice => notice.key === key)) {
        // It was solved, here or elsewhere.
        Notification.dismiss(id);
        shown.delete(key);
      }
    }
    if (isSilent || document.hidden) {
      return;
    }
    const moment = nextMoment(all, values, now);
    if (moment !== null) {
      // A second later: both clocks have passed it.
      const wait = Math.min(moment - now + 1000, LONGEST);
      timer = setTimeout(onWord, wait);
    }
    for (const notice of due) {
      const isNew = await told.isNew(notice.key);
      // It may have been solved while another tab was asked.
      if (isNew && due.some(({ key }) => key === notice.key)) {
        shown.set(notice.key, emit(parts, notice));
      }
    }
  };
  const onWord = () => void look();
  sessions.changed.connect(onWord);
  preferences.changed.connect(onWord);
  document.addEventListener('visibilitychange', onWord);
  onWord();
  return () => {
    clearTimeout(timer);
    sessions.changed.disconnect(onWord);
    preferences.changed.disconnect(onWord);
    document.removeEventListener('visibilitychange', onWord);
  };
}

function emit(parts: IParts, notice: INotice): string {
  const { commands, trans } = parts;
  const { issuer } = notice;
  const remedies = {
    login: {
      label: trans.__('Log in'),
      callback: () =>
        void commands.execute(CommandIDs.login, { issuer, again: true })
    },
    refresh: {
      label: trans.__('Refresh'),
      callback: () => void commands.execute(CommandIDs.refresh, { issuer })
    },
    show: {
      label: trans.__('Show'),
      callback: () => void commands.execute(CommandIDs.showPanel)
    }
  };
  return Notification.emit(notice.text, notice.level, {
    autoClose: false,
    actions: [remedies[notice.remedy]]
  });
}
