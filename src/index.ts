import { JupyterFrontEndPlugin } from '@jupyterlab/application';

import { askPlugin } from './plugins/ask';
import { bridgePlugin } from './plugins/bridge';
import { loginPlugin } from './plugins/login';
import { noticesPlugin } from './plugins/notices';
import { panelPlugin } from './plugins/panel';
import { preferencesPlugin } from './plugins/preferences';
import { sessionsPlugin } from './plugins/sessions';
import { statusPlugin } from './plugins/status';

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

export default plugins;
