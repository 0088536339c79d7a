import { TranslationBundle } from '@jupyterlab/translation';

import { BridgeError } from './problem';

/**
 * What is wrong with a Jupyter server that answered, and not for the extension.
 *
 * @param status - The HTTP status.
 * @param trans - The language.
 */
export function serverFault(
  status: number,
  trans: TranslationBundle
): BridgeError {
  if (status === 404) {
    return new BridgeError({
      code: 'extension_not_loaded',
      message: trans.__(
        'The Jupyter server has not loaded the deployKF extension.'
      ),
      next_step: loadIt(trans),
      retryable: false
    });
  }
  return new BridgeError({
    code: 'server_fault',
    message: trans.__(
      'The Jupyter server answered with an error (HTTP %1).',
      String(status)
    ),
    next_step: trans.__(
      'Try again. If it happens again, look into the log of the Jupyter server.'
    ),
    retryable: true
  });
}

/**
 * How the server comes to load the extension. It may be there and fail to load.
 */
export function loadIt(trans: TranslationBundle): string {
  return trans.__(
    'Restart the Jupyter server. If that doesn\'t help, search its log for "jupyterlab_deploykf": the extension may be installed and fail to load. If it isn\'t installed, run "pip install jupyterlab-deploykf" there, and restart the server again.'
  );
}
