import {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { ISessions } from '../tokens';

/**
 * Says what matters of a session before it matters. What says it is loaded
 * when there is a session to speak of.
 */
export const noticesPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-deploykf:notices',
  description: 'Tells when a deployKF session ends, or will end soon.',
  autoStart: true,
  requires: [ISessions],
  optional: [ITranslator],
  activate: (
    app: JupyterFrontEnd,
    sessions: ISessions,
    translator: ITranslator | null
  ): void => {
    const { commands } = app;
    const trans = (translator ?? nullTranslator).load('jupyterlab_deploykf');
    const onChanged = () => {
      const all = sessions.status?.sessions ?? [];
      if (all.some(({ state }) => state !== 'signed_out')) {
        sessions.changed.disconnect(onChanged);
        void import('./notifier').then(({ startNotifier }) =>
          startNotifier({ commands, sessions, trans, store: localStorage })
        );
      }
    };
    sessions.changed.connect(onChanged);
  }
};
