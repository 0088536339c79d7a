import {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { ILauncher } from '@jupyterlab/launcher';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ITranslator } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';
import { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { IBridge, IPreferences, ISessions } from '../tokens';
import { deployKFIcon } from '../ui/icon';
import { bring } from './bring';
import { CommandIDs } from './commands';
import { textsOf } from './language';

type Options = Omit<CommandRegistry.ICommandOptions, 'describedBy'>;

const ARGUMENTS = {
  args: {
    type: 'object',
    properties: {
      /** Of the cluster that is meant. */
      issuer: { type: 'string' },
      /** Whether to log in also where there is a session already. */
      again: { type: 'boolean' }
    }
  }
};

/**
 * Adds the commands to the palette and to the launcher; their place in the
 * menu is in the settings schema.
 */
export const loginPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-deploykf:plugin',
  description: 'Log in to deployKF.',
  autoStart: true,
  requires: [IBridge, ISessions, IPreferences],
  optional: [ITranslator, ICommandPalette, ILauncher, INotebookTracker],
  activate: (
    app: JupyterFrontEnd,
    bridge: IBridge,
    sessions: ISessions,
    preferences: IPreferences,
    translator: ITranslator | null,
    palette: ICommandPalette | null,
    launcher: ILauncher | null,
    notebooks: INotebookTracker | null
  ): void => {
    const trans = textsOf(translator);
    const { baseUrl } = app.serviceManager.serverSettings;
    const parts = {
      ...{ baseUrl, bridge, notebooks, preferences, sessions, trans }
    };
    const category = trans.__('deployKF');
    const add = (command: string, options: Options) => {
      app.commands.addCommand(command, { ...options, describedBy: ARGUMENTS });
      palette?.addItem({ command, category });
    };
    let open: Promise<void> | null = null;
    add(CommandIDs.login, {
      label: trans.__('Login to deployKF'),
      caption: trans.__(
        'Sign in for every notebook and terminal of this server'
      ),
      icon: deployKFIcon,
      execute: args => {
        // One dialog at a time: a second call waits for the first one's end.
        open ??= bring(() => import('./openLogin'), trans)
          .then(part =>
            part?.openLogin(parts, issuerOf(args), args.again === true)
          )
          .finally(() => {
            open = null;
          });
        return open;
      }
    });
    add(CommandIDs.refresh, {
      label: trans.__('Refresh deployKF Session'),
      caption: trans.__('Renew the deployKF session now'),
      execute: async args => {
        const part = await bring(() => import('./sessionActions'), trans);
        await part?.refresh(parts, issuerOf(args));
      }
    });
    add(CommandIDs.logout, {
      label: trans.__('Log Out of deployKF…'),
      caption: trans.__('Forget the deployKF session on this machine'),
      execute: async args => {
        const part = await bring(() => import('./sessionActions'), trans);
        await part?.logout(parts, issuerOf(args));
      }
    });
    add(CommandIDs.insertClientCell, {
      label: trans.__('Insert kfp.Client Cell'),
      caption: trans.__(
        'Write a cell that makes a client into the open notebook'
      ),
      execute: async args => {
        const part = await bring(() => import('./insertCell'), trans);
        await part?.insertClientCell(parts, issuerOf(args));
      }
    });
    launcher?.add({ command: CommandIDs.login, category, rank: 1 });
  }
};

function issuerOf(args: ReadonlyPartialJSONObject): string | null {
  return typeof args.issuer === 'string' ? args.issuer : null;
}
