import {
  ITranslator,
  nullTranslator,
  TranslationBundle
} from '@jupyterlab/translation';

/**
 * Our texts in the user's language; in English where the application has no
 * translator.
 */
export function textsOf(translator: ITranslator | null): TranslationBundle {
  return (translator ?? nullTranslator).load('jupyterlab_deploykf');
}
