import { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';

import { summarize } from '../model/summary';
import { ISessions } from '../tokens';

/**
 * The sessions at a glance; a click opens the panel.
 */
export class StatusItem extends Widget {
  /**
   * @param _sessions - What to follow.
   * @param _trans - The language.
   * @param onClick - Opens the panel.
   */
  constructor(
    private readonly _sessions: ISessions,
    private readonly _trans: TranslationBundle,
    onClick: () => void
  ) {
    super();
    this.addClass('jp-deploykf-StatusItem');
    this._button.type = 'button';
    this._button.onclick = onClick;
    // As JupyterLab's own items: no frame, and the bar's colours. No style sheet
    // of ours is there at the start.
    this._button.style.cssText =
      'all: unset; display: block; cursor: pointer; padding: 0 8px; outline: revert; outline-offset: -2px';
    this._button.title = _trans.__('Show the deployKF sessions');
    // In the middle of the bar, and of Notebook's header.
    this.node.style.cssText = 'display: flex; align-items: center';
    this.node.append(this._button);
    _sessions.changed.connect(this._draw, this);
    this._draw();
  }

  dispose(): void {
    this._sessions.changed.disconnect(this._draw, this);
    super.dispose();
  }

  private _draw(): void {
    const { shape, text } = summarize(this._sessions, this._trans);
    this._button.textContent = `${shape} deployKF: ${text}`;
    this._button.ariaLabel = `deployKF: ${text}`;
  }

  private readonly _button = document.createElement('button');
}
