import { ReadonlyPartialJSONObject } from '@lumino/coreutils';

/**
 * What a user can set.
 */
export interface IPreferenceValues {
  /** Whether the code is taken from the sign-in page, where that can be read. */
  readonly handsFree: boolean;
  /** Whether it is told when a session ends, or could not be renewed. */
  readonly notices: boolean;
  /** How long before an unused session ends it is told, in seconds. */
  readonly sessionEndLead: number;
  /** How long before a token that can't be renewed expires it is told, in seconds. */
  readonly tokenEndLead: number;
}

/** What holds where nothing is set; the settings' schema says the same. */
export const DEFAULTS: IPreferenceValues = {
  handsFree: true,
  notices: true,
  sessionEndLead: 24 * 3600,
  tokenEndLead: 10 * 60
};

/**
 * What the user's settings mean. Pure; what can't be used falls back to its
 * default, since an administrator's overrides pass no form.
 *
 * @param settings - As the schema has them: hours and minutes; `null` before
 * they are there.
 */
export function readPreferences(
  settings: ReadonlyPartialJSONObject | null
): IPreferenceValues {
  const { handsFree, notices, sessionEndLead, tokenEndLead } = settings ?? {};
  return {
    handsFree: typeof handsFree === 'boolean' ? handsFree : DEFAULTS.handsFree,
    notices: typeof notices === 'boolean' ? notices : DEFAULTS.notices,
    sessionEndLead: seconds(sessionEndLead, 3600) ?? DEFAULTS.sessionEndLead,
    tokenEndLead: seconds(tokenEndLead, 60) ?? DEFAULTS.tokenEndLead
  };
}

function seconds(value: unknown, unit: number): number | null {
  return typeof value === 'number' && value >= 0 ? value * unit : null;
}
