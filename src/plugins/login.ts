import {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { ILauncher } from '@jupyterlab/launcher';
import {
  ITranslator,
  nullTranslator,
  TranslationBundle
} from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';
import { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { IBridge, ISessions } from '../tokens';
import { deployKFIcon } from '../ui/icon';
import { CommandIDs } from './commands';

const ARGUMENTS = {
  args: {
    type: 'object',
    properties: {
      issuer: {
        type: 'string',
        description: 'The issuer of the cluster that is meant.'
      },
      again: {
        type: 'boolean',
        description: 'Whether to log in also where there is a session already.'
      }
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
    const { baseUrl } = app.serviceManager.serverSettings;
    addCommands(app.commands, { baseUrl, bridge, sessions, trans });
    const category = trans.__('deployKF');
    const { login, refresh, logout } = CommandIDs;
    for (const command of [login, refresh, logout]) {
      palette?.addItem({ command, category });
    }
    launcher?.add({ command: CommandIDs.login, category, rank: 1 });
  }
};

function addCommands(
  commands: CommandRegistry,
  parts: {
    baseUrl: string;
    bridge: IBridge;
    sessions: ISessions;
    trans: TranslationBundle;
  }
): void {
  const { trans } = parts;
  let open: Promise<void> | null = null;
  commands.addCommand(CommandIDs.login, {
    label: trans.__('Login to deployKF'),
    caption: trans.__(
      'Sign in to Kubeflow Pipelines on deployKF, for every notebook and terminal of this server'
    ),
    icon: deployKFIcon,
    describedBy: ARGUMENTS,
    execute: args => {
      // One dialog at a time: a second call waits for the first one's end.
      open ??= import('./openLogin')
        .then(({ openLogin }) =>
          openLogin(parts, issuerOf(args), args.again === true)
        )
        .finally(() => {
          open = null;
        });
      return open;
    }
  });
  commands.addCommand(CommandIDs.refresh, {
    label: trans.__('Refresh the Session'),
    caption: trans.__('Renew the deployKF session now'),
    describedBy: ARGUMENTS,
    execute: async args => {
      const { refresh } = await import('./sessionActions');
      await refresh(parts, issuerOf(args));
    }
  });
  commands.addCommand(CommandIDs.logout, {
    label: trans.__('Log Out of deployKF…'),
    caption: trans.__('Forget the deployKF session on this machine'),
    describedBy: ARGUMENTS,
    execute: async args => {
      const { logout } = await import('./sessionActions');
      await logout(parts, issuerOf(args));
    }
  });
}

function issuerOf(args: ReadonlyPartialJSONObject): string | null {
  return typeof args.issuer === 'string' ? args.issuer : null;
}
