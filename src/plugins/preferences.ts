import {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import { Signal } from '@lumino/signaling';

import { IPreferences } from '../tokens';

/** Whose settings they are: `schema/plugin.json`. */
const SETTINGS_ID = 'jupyterlab-deploykf:plugin';

/**
 * Provides the user's preferences, from the settings editor.
 */
export const preferencesPlugin: JupyterFrontEndPlugin<IPreferences> = {
  id: 'jupyterlab-deploykf:preferences',
  description: 'Provides what the user has set for deployKF.',
  provides: IPreferences,
  optional: [ISettingRegistry],
  activate: (
    _: JupyterFrontEnd,
    registry: ISettingRegistry | null
  ): IPreferences => {
    const preferences = new Preferences();
    if (registry) {
      void follow(registry, preferences);
    } else {
      preferences.set({});
    }
    return preferences;
  }
};

/** The preferences, wherever they come from. */
export class Preferences implements IPreferences {
  settings: ReadonlyPartialJSONObject | null = null;
  readonly changed: Signal<IPreferences, void> = new Signal<IPreferences, void>(
    this
  );

  /** Take other settings. */
  set(settings: ReadonlyPartialJSONObject): void {
    this.settings = settings;
    this.changed.emit();
  }
}

async function follow(
  registry: ISettingRegistry,
  preferences: Preferences
): Promise<void> {
  try {
    const settings = await registry.load(SETTINGS_ID);
    const take = () => preferences.set(settings.composite);
    settings.changed.connect(take);
    take();
  } catch (error) {
    // Nothing depends on them but taste.
    console.warn('deployKF: no settings are there; the defaults hold.', error);
    preferences.set({});
  }
}
