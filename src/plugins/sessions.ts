import {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ITranslator } from '@jupyterlab/translation';

// Small, and asked at the start.
import { SessionsModel } from '../model/sessions';
import { IBridge, ISessions } from '../tokens';
import { textsOf } from './language';

/**
 * Provides the sessions of this Jupyter server. It asks nothing by itself.
 */
export const sessionsPlugin: JupyterFrontEndPlugin<ISessions> = {
  id: 'jupyterlab-deploykf:sessions',
  description: 'Provides the deployKF sessions.',
  provides: ISessions,
  requires: [IBridge],
  optional: [ITranslator],
  activate: (
    app: JupyterFrontEnd,
    bridge: IBridge,
    translator: ITranslator | null
  ): ISessions =>
    new SessionsModel(
      bridge,
      textsOf(translator),
      // A server that is away tells nothing, nor that it is back.
      app.serviceManager.connectionFailure
    )
};
