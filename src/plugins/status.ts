import {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { IStatusBar } from '@jupyterlab/statusbar';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { ISessions } from '../tokens';
import { StatusItem } from '../ui/StatusItem';
import { CommandIDs } from './commands';

/**
 * Says at a glance who is signed in: in JupyterLab's status bar, and in the
 * header of Notebook 7, which has none. It makes the one request at the start.
 */
export const statusPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-deploykf:status',
  description: 'Shows the state of the deployKF sessions at a glance.',
  autoStart: true,
  requires: [ISessions],
  optional: [ITranslator, IStatusBar],
  activate: (
    app: JupyterFrontEnd,
    sessions: ISessions,
    translator: ITranslator | null,
    statusBar: IStatusBar | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('jupyterlab_deploykf');
    const item = new StatusItem(
      sessions,
      trans,
      () => void app.commands.execute(CommandIDs.showPanel)
    );
    item.id = 'jp-deploykf-status';
    if (statusBar) {
      statusBar.registerStatusItem(item.id, {
        item,
        align: 'left',
        rank: 100
      });
    } else {
      app.shell.add(item, 'top', { rank: 900 });
    }
    void app.restored.then(() => sessions.peek());
  }
};
