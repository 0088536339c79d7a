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
    const start = async () => {
      const { startNotifier, Told } = await import('./notifier');
      const told = new Told(() => localStorage, navigator.locks);
      startNotifier({ commands, preferences, sessions, told, trans });
    };
    const onChanged = () => {
      const all = sessions.status?.sessions ?? [];
      if (all.some(({ state }) => state !== 'signed_out')) {
        sessions.changed.disconnect(onChanged);
        start().catch((error: unknown) => {
          // A part of the page that did not arrive may do so the next time.
          sessions.changed.connect(onChanged);
          console.error('deployKF: no notices could be loaded.', error);
        });
      }
    };
    sessions.changed.connect(onChanged);
  }
};
