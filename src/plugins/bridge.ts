import {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ITranslator } from '@jupyterlab/translation';

// Small, and other plugins wait for it.
import { FallbackBridge } from '../bridge/fallback';
// eslint-disable-next-line jupyter/prefer-lazy-imports
import { ServerBridge } from '../bridge/server';
import { IBridge } from '../tokens';
import { textsOf } from './language';

/**
 * Provides the way to the credential cache by the server extension, or by a
 * kernel where that is not loaded.
 */
export const bridgePlugin: JupyterFrontEndPlugin<IBridge> = {
  id: 'jupyterlab-deploykf:bridge',
  description: 'Provides the way to the credential cache.',
  provides: IBridge,
  optional: [ITranslator],
  activate: (app: JupyterFrontEnd, translator: ITranslator | null): IBridge => {
    const { events, kernels, kernelspecs, serverSettings } = app.serviceManager;
    const trans = textsOf(translator);
    return new FallbackBridge(
      new ServerBridge({
        settings: serverSettings,
        events: events.stream,
        trans
      }),
      async () => {
        const { KernelBridge } = await import('../bridge/kernel');
        return new KernelBridge({ kernels, specs: kernelspecs, trans });
      }
    );
  }
};
