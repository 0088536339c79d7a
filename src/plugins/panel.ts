import {
  ILayoutRestorer,
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ITranslator } from '@jupyterlab/translation';
import { Message } from '@lumino/messaging';
import { Panel } from '@lumino/widgets';

import { IBridge, ISessions } from '../tokens';
import { deployKFIcon } from '../ui/icon';
import { bring } from './bring';
import { CommandIDs } from './commands';
import { textsOf } from './language';

/** What the shell knows it by. */
const PANEL_ID = 'jp-deploykf-panel';

/**
 * Adds the panel to the left area, in JupyterLab and in Notebook 7. It is empty,
 * and costs next to nothing, until someone looks at it.
 */
export const panelPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-deploykf:panel',
  description: 'Shows the deployKF sessions in a panel.',
  autoStart: true,
  requires: [IBridge, ISessions],
  optional: [ITranslator, ILayoutRestorer, ICommandPalette, INotebookTracker],
  activate: (
    app: JupyterFrontEnd,
    bridge: IBridge,
    sessions: ISessions,
    translator: ITranslator | null,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null,
    notebooks: INotebookTracker | null
  ): void => {
    const trans = textsOf(translator);
    const { commands, shell } = app;
    const { baseUrl } = app.serviceManager.serverSettings;
    const panel = new LazyPanel(async () => {
      const part = await bring(() => import('./fillPanel'), trans);
      const parts = { bridge, commands, notebooks, sessions, trans };
      part?.fillPanel(panel, { ...parts, baseUrl });
      return part !== null;
    });
    panel.id = PANEL_ID;
    panel.title.icon = deployKFIcon;
    panel.title.caption = trans.__('deployKF');
    panel.node.setAttribute('aria-label', panel.title.caption);
    panel.node.setAttribute('role', 'region');
    panel.node.tabIndex = -1;
    shell.add(panel, 'left', { rank: 600 });
    restorer?.add(panel, PANEL_ID);
    const command = CommandIDs.showPanel;
    commands.addCommand(command, {
      label: trans.__('Show deployKF Sessions'),
      caption: trans.__('Who is signed in to which deployKF cluster'),
      icon: deployKFIcon,
      describedBy: { args: { type: 'object', properties: {} } },
      execute: () => shell.activateById(PANEL_ID)
    });
    palette?.addItem({ command, category: trans.__('deployKF') });
  }
};

/** A panel that is filled when it is shown for the first time. */
class LazyPanel extends Panel {
  /**
   * @param _fill - Says whether it is filled now.
   */
  constructor(private readonly _fill: () => Promise<boolean>) {
    super();
  }

  protected onAfterShow(_: Message): void {
    this._isFilled ??= this._fill().then(isFilled => {
      if (!isFilled) {
        // What did not arrive may do so when it is shown again.
        this._isFilled = null;
      }
    });
  }

  protected onActivateRequest(_: Message): void {
    // Whoever asked for it by keyboard goes on in it.
    this.node.focus({ preventScroll: true });
  }

  protected onAfterAttach(message: Message): void {
    if (this.isVisible) {
      this.onAfterShow(message);
    }
  }

  private _isFilled: Promise<void> | null = null;
}
