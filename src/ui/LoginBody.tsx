import { ReactWidget, UseSignal } from '@jupyterlab/ui-components';
import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { LoginModel } from '../model/login';
import { LoginPanel } from './LoginPanel';

/**
 * The login panel as a widget: it follows the model, and hands on what people do.
 */
export class LoginBody extends ReactWidget {
  /**
   * @param _model - What to show; disposed with the widget.
   * @param _trans - For all texts.
   * @param _now - Milliseconds since the epoch.
   */
  constructor(
    private readonly _model: LoginModel,
    private readonly _trans: TranslationBundle,
    private readonly _now: () => number
  ) {
    super();
    this.addClass('jp-deploykf-LoginBody');
  }

  dispose(): void {
    this._model.dispose();
    super.dispose();
  }

  protected render(): JSX.Element {
    const model = this._model;
    return (
      <UseSignal signal={model.changed}>
        {() => (
          <LoginPanel
            state={model.state}
            session={model.session}
            trans={this._trans}
            now={this._now()}
            onChoose={issuer => void model.choose(issuer)}
            onTypeIssuer={issuer => model.typeIssuer(issuer)}
            onPrepare={() => void model.prepare()}
            onTypeCode={code => model.typeCode(code)}
            onSubmit={() => void model.submit()}
            onCancel={() => model.cancel()}
            onRetry={() =>
              void (model.state.chosen ? model.prepare() : model.open())
            }
          />
        )}
      </UseSignal>
    );
  }
}
