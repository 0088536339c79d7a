import { TranslationBundle } from '@jupyterlab/translation';

import { IIdentity } from '../tokens';

/**
 * A moment as people say it, in the browser's own form: the time, with the
 * date where it is not today.
 *
 * @param seconds - Seconds since the epoch.
 * @param now - Milliseconds since the epoch.
 */
export function formatMoment(seconds: number, now: number): string {
  const moment = new Date(seconds * 1000);
  const isToday = moment.toDateString() === new Date(now).toDateString();
  return isToday
    ? moment.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })
    : moment.toLocaleString([], { dateStyle: 'medium', timeStyle: 'short' });
}

/**
 * The host of a URL, which is what a person can check.
 */
export function hostOf(url: string): string {
  try {
    return new URL(url).host;
  } catch {
    return url;
  }
}

/**
 * What to call someone.
 */
export function nameOf(
  identity: IIdentity | null,
  trans: TranslationBundle
): string {
  return (
    identity?.email ??
    identity?.name ??
    identity?.subject ??
    trans.__('an unknown user')
  );
}
