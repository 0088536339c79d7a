import {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

// Small, and other plugins wait for it.
// eslint-disable-next-line jupyter/prefer-lazy-imports
import { ServerBridge } from '../bridge/server';
import { IBridge } from '../tokens';

/**
 * Provides the way to the credential cache by the server extension.
 */
export const bridgePlugin: JupyterFrontEndPlugin<IBridge> = {
  id: 'jupyterlab-deploykf:bridge',
  description: 'Provides the way to the deployKF credential cache.',
  provides: IBridge,
  optional: [ITranslator],
  activate: (app: JupyterFrontEnd, translator: ITranslator | null): IBridge =>
    new ServerBridge({
      settings: app.serviceManager.serverSettings,
      events: app.serviceManager.events.stream,
      trans: (translator ?? nullTranslator).load('jupyterlab_deploykf')
    })
};
