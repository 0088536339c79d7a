import { ReactWidget, UseSignal } from '@jupyterlab/ui-components';
import * as React from 'react';

import '../../../style/login.css';
import '../../../style/panel.css';

import { PanelModel } from '../../model/panel';
import { VERSION } from '../../version';
import { catchFocus } from '../focus';
import { IPanelActions, PanelView } from './PanelView';

/**
 * The panel's content.
 */
export class PanelWidget extends ReactWidget {
  /**
   * @param _model - What to show.
   * @param _actions - What can be done.
   * @param _namespace - The namespace of the page's notebook server, if any.
   */
  constructor(
    private readonly _model: PanelModel,
    private readonly _actions: IPanelActions,
    private readonly _namespace: string | null
  ) {
    super();
    this.addClass('jp-deploykf-PanelBody');
    this._letGo = catchFocus(
      this.node,
      card => card ?? this.node.querySelector('h2')
    );
  }

  dispose(): void {
    this._letGo();
    super.dispose();
  }

  protected render(): JSX.Element {
    const model = this._model;
    return (
      <UseSignal signal={model.changed}>
        {() => (
          <PanelView
            status={model.status}
            problem={model.problem}
            serviceAccount={model.serviceAccount}
            namespace={this._namespace}
            version={VERSION}
            standIn={model.standIn}
            actions={this._actions}
            trans={model.trans}
          />
        )}
      </UseSignal>
    );
  }

  private readonly _letGo: () => void;
}
