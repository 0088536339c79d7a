import {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { ILauncher } from '@jupyterlab/launcher';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { deployKFIcon } from '../ui/icon';
import { IBridge, ISessions } from '../tokens';

/**
 * The commands' ids.
 */
export namespace CommandIDs {
  /** Opens the dialog «Login to deployKF». */
  export const login = 'deploykf:login';
}

/**
 * Adds the command «Login to deployKF» to the palette and to the launcher; its
 * place in the menu is in the settings schema.
 */
export const loginPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-deploykf:plugin',
  description: 'Log in to deployKF.',
  autoStart: true,
  requires: [IBridge, ISessions],
  optional: [ITranslator, ICommandPalette, ILauncher],
  activate: (
    app: JupyterFrontEnd,
    bridge: IBridge,
    sessions: ISessions,
    translator: ITranslator | null,
    palette: ICommandPalette | null,
    launcher: ILauncher | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('jupyterlab_deploykf');
    let open: Promise<void> | null = null;
    app.commands.addCommand(CommandIDs.login, {
      label: trans.__('Login to deployKF'),
      caption: trans.__(
        'Sign in to Kubeflow Pipelines on deployKF, for every kernel of this server'
      ),
      icon: deployKFIcon,
      execute: () => {
        // One dialog at a time: a second call waits for the first one's.
        open ??= import('../ui/loginDialog')
          .then(({ showLoginDialog }) =>
            showLoginDialog(bridge, sessions, trans)
          )
          .finally(() => {
            open = null;
          });
        return open;
      },
      describedBy: { args: { type: 'object', properties: {} } }
    });
    const category = trans.__('deployKF');
    palette?.addItem({ command: CommandIDs.login, category });
    launcher?.add({ command: CommandIDs.login, category, rank: 1 });
  }
};
