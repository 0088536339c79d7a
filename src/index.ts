import { JupyterFrontEndPlugin } from '@jupyterlab/application';

import { bridgePlugin } from './plugins/bridge';
import { loginPlugin } from './plugins/login';
import { sessionsPlugin } from './plugins/sessions';

export * from './tokens';

/**
 * The plugins of this extension.
 */
const plugins: JupyterFrontEndPlugin<unknown>[] = [
  bridgePlugin,
  sessionsPlugin,
  loginPlugin
];

export default plugins;
