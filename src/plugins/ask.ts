import {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { ASK_MIME } from '../model/askMessage';
import { ISessions } from '../tokens';
// Small, and there is nothing to draw in its place.
// eslint-disable-next-line jupyter/prefer-lazy-imports
import { LoginOutput } from '../ui/LoginOutput';

/**
 * Draws the output of a cell that needs a login, and opens the dialog when the
 * cell waits for a code. In notebooks and consoles alike, since it is the
 * output that asks.
 */
export const askPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-deploykf:ask',
  description: 'Answers a cell that needs a login to deployKF.',
  autoStart: true,
  requires: [IRenderMimeRegistry, ISessions],
  optional: [ITranslator],
  activate: (
    _: JupyterFrontEnd,
    rendermime: IRenderMimeRegistry,
    sessions: ISessions,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('jupyterlab_deploykf');
    const attended = new Set<LoginOutput>();
    const onWanted = async (output: LoginOutput) => {
      const { ask } = output;
      if (!ask || attended.has(output)) {
        return;
      }
      attended.add(output);
      try {
        const { attendCell } = await import('./openAsk');
        await attendCell(output, ask, { sessions, trans });
      } finally {
        attended.delete(output);
      }
    };
    rendermime.addFactory(
      {
        safe: true,
        mimeTypes: [ASK_MIME],
        createRenderer: () => {
          const output = new LoginOutput(trans);
          output.wanted.connect(sender => void onWanted(sender));
          return output;
        }
      },
      // Before the HTML that other front ends show.
      40
    );
  }
};
