import { Dialog } from '@jupyterlab/apputils';
import { TranslationBundle } from '@jupyterlab/translation';

import { beginAttempt } from '../login/authorize';
import { LoginModel } from '../model/login';
import { IBridge, ISessions } from '../tokens';
import { LoginBody } from './LoginBody';

/**
 * A dialog whose body has a form: Enter and the arrows belong to the form there.
 */
class FormDialog extends Dialog<void> {
  handleEvent(event: Event): void {
    const isKey = event instanceof KeyboardEvent && event.type === 'keydown';
    const isOurs = isKey && !['Escape', 'Tab'].includes(event.key);
    const target = event.target;
    if (
      isOurs &&
      target instanceof Element &&
      target.closest('.jp-deploykf-LoginBody')
    ) {
      return;
    }
    super.handleEvent(event);
  }
}

/**
 * Show the dialog «Login to deployKF».
 *
 * This module is loaded when a login starts and not before: it brings
 * oidc-client-ts.
 *
 * @param bridge - The way to the cache.
 * @param sessions - What is known already.
 * @param trans - For all texts.
 * @returns A promise for the dialog's end.
 */
export async function showLoginDialog(
  bridge: IBridge,
  sessions: ISessions,
  trans: TranslationBundle
): Promise<void> {
  const now = () => Date.now();
  const model = new LoginModel({ bridge, sessions, begin: beginAttempt, now });
  const dialog = new FormDialog({
    title: trans.__('Login to deployKF'),
    body: new LoginBody(model, trans, now),
    buttons: [Dialog.cancelButton({ label: trans.__('Close') })],
    hasClose: true
  });
  const closed = dialog.launch();
  await model.open();
  await closed;
  // Closed half-way: nothing of the attempt is kept.
  model.dispose();
}
