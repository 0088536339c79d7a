import {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ITranslator } from '@jupyterlab/translation';

import { IPreferences, ISessions } from '../tokens';
import { textsOf } from './language';

/**
 * Says what matters of a session before it matters. What says it is loaded
 * when there is a session to speak of.
 */
export const noticesPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-deploykf:notices',
  description: 'Tells when a deployKF session ends, or will end soon.',
  autoStart: true,
  requires: [ISessions, IPreferences],
  optional: [ITranslator],
  activate: (
    app: JupyterFrontEnd,
    sessions: ISessions,
    preferences: IPreferences,
    translator: ITranslator | null
  ): void => {
    const { commands } = app;
    const trans = textsOf(translator);
    const onChanged = () => {
      const all = sessions.status?.sessions ?? [];
      if (all.some(({ state }) => state !== 'signed_out')) {
        sessions.changed.disconnect(onChanged);
        void import('./notifier').then(({ startNotifier }) =>
          startNotifier({
            ...{ commands, preferences, sessions, trans },
            store: localStorage
          })
        );
      }
    };
    sessions.changed.connect(onChanged);
  }
};
