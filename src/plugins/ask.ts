import {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { ITranslator } from '@jupyterlab/translation';
import { Panel } from '@lumino/widgets';

import { ASK_MIME } from '../model/askMime';
import { IPreferences, ISessions } from '../tokens';
import { textsOf } from './language';

/**
 * Draws the output of a cell that needs a login, and opens the dialog when the
 * cell waits for a code. In notebooks and consoles alike, since it is the
 * output that asks.
 */
export const askPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-deploykf:ask',
  description: 'Answers a cell that needs a login to deployKF.',
  autoStart: true,
  requires: [IRenderMimeRegistry, ISessions, IPreferences],
  optional: [ITranslator],
  activate: (
    _: JupyterFrontEnd,
    rendermime: IRenderMimeRegistry,
    sessions: ISessions,
    preferences: IPreferences,
    translator: ITranslator | null
  ): void => {
    const trans = textsOf(translator);
    rendermime.addFactory(
      {
        safe: true,
        mimeTypes: [ASK_MIME],
        createRenderer: () =>
          new LazyOutput(async () => {
            const { makeOutput } = await import('./attendCell');
            return makeOutput({ preferences, sessions, trans });
          })
      },
      // Before the HTML that other front ends show.
      40
    );
  }
};

/** An output whose code comes with the first notebook that has one. */
class LazyOutput extends Panel implements IRenderMime.IRenderer {
  constructor(private readonly _load: () => Promise<IRenderMime.IRenderer>) {
    super();
  }

  async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    this._output ??= this._load();
    const output = await this._output;
    if (this.isDisposed) {
      output.dispose();
      return;
    }
    if (!output.parent) {
      this.addWidget(output);
    }
    await output.renderModel(model);
  }

  private _output: Promise<IRenderMime.IRenderer> | null = null;
}
