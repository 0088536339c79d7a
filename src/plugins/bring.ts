import { Dialog, showDialog } from '@jupyterlab/apputils';
import { TranslationBundle } from '@jupyterlab/translation';

/**
 * Load a part of the extension that is not there at the start, because someone
 * has asked for what it does. Where it does not arrive, they are told, and can
 * try again: the server is gone, or has another version than the page.
 *
 * @param load - Imports the part.
 * @param trans - The language.
 * @returns The part; `null` where they gave up.
 */
export async function bring<T>(
  load: () => Promise<T>,
  trans: TranslationBundle
): Promise<T | null> {
  for (;;) {
    try {
      return await load();
    } catch (error) {
      console.error('deployKF: a part could not be loaded.', error);
      // Not by a notification: JupyterLab loads those too when the first one comes.
      const { button } = await showDialog({
        title: trans.__('deployKF could not be loaded'),
        body: trans.__(
          'Check that the Jupyter server is running, and try again, or reload this page.'
        ),
        buttons: [
          Dialog.cancelButton(),
          Dialog.okButton({ label: trans.__('Try again') })
        ]
      });
      if (!button.accept) {
        return null;
      }
    }
  }
}
