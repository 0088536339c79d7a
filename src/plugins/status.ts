import {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { IStatusBar } from '@jupyterlab/statusbar';
import { ITranslator } from '@jupyterlab/translation';
import { IDisposable } from '@lumino/disposable';

import { IPreferences, ISessions } from '../tokens';
import { StatusItem } from '../ui/StatusItem';
import { CommandIDs } from './commands';
import { textsOf } from './language';

/** What the status bar knows it by. */
const ITEM_ID = 'jp-deploykf-status';

/**
 * Says at a glance who is signed in: in JupyterLab's status bar, and in the
 * header of Notebook 7, which has none. It makes the one request at the start.
 */
export const statusPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-deploykf:status',
  description: 'Shows the deployKF sessions at a glance.',
  autoStart: true,
  requires: [ISessions, IPreferences],
  optional: [ITranslator, IStatusBar],
  activate: (
    app: JupyterFrontEnd,
    sessions: ISessions,
    preferences: IPreferences,
    translator: ITranslator | null,
    statusBar: IStatusBar | null
  ): void => {
    const trans = textsOf(translator);
    const onClick = () => void app.commands.execute(CommandIDs.showPanel);
    let placed: IDisposable | null = null;
    let place = 'hidden';
    const put = () => {
      const { settings } = preferences;
      const wanted = String(settings?.statusPlace ?? 'left');
      if (settings === null || wanted === place) {
        return;
      }
      place = wanted;
      placed?.dispose();
      placed = null;
      if (place !== 'hidden') {
        const item = new StatusItem(sessions, trans, onClick);
        item.id = ITEM_ID;
        placed = placeItem(item, place, app, statusBar);
      }
    };
    preferences.changed.connect(put);
    put();
    void app.restored.then(() => sessions.peek());
  }
};

/** At the top also where there is no status bar; what is no place is the left. */
function placeItem(
  item: StatusItem,
  place: string,
  app: JupyterFrontEnd,
  statusBar: IStatusBar | null
): IDisposable {
  if (!statusBar || place === 'top') {
    app.shell.add(item, 'top', { rank: 900 });
    return item;
  }
  const align = place === 'right' ? 'right' : 'left';
  return statusBar.registerStatusItem(ITEM_ID, { item, align, rank: 100 });
}
