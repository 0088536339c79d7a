import { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { PageConfig } from '@jupyterlab/coreutils';

import { askPlugin } from './plugins/ask';
import { bridgePlugin } from './plugins/bridge';
import { loginPlugin } from './plugins/login';
import { noticesPlugin } from './plugins/notices';
import { panelPlugin } from './plugins/panel';
import { preferencesPlugin } from './plugins/preferences';
import { sessionsPlugin } from './plugins/sessions';
import { statusPlugin } from './plugins/status';
import { IBridge } from './tokens';

export * from './tokens';

/**
 * The plugins of this extension.
 */
const plugins: JupyterFrontEndPlugin<unknown>[] = [
  bridgePlugin,
  sessionsPlugin,
  preferencesPlugin,
  loginPlugin,
  askPlugin,
  panelPlugin,
  statusPlugin,
  noticesPlugin
];

// JupyterLab 3 loads us too, with a Lumino whose tokens have no description. Nothing of ours
// would work there, and a cell that needs a login shows its link and field without us.
if (!IBridge.description) {
  PageConfig.Extension.disabled.push('jupyterlab-deploykf');
}

export default plugins;
