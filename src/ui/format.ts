import { TranslationBundle } from '@jupyterlab/translation';

import { IIdentity } from '../tokens';

/**
 * A moment as people say it: the time, with the date where it is not today.
 *
 * It is in the language that was chosen for JupyterLab, as the sentence around
 * it. English is what everyone has who chose none, and says nothing of how
 * they write a date: there it is in the browser's own form.
 *
 * @param seconds - Seconds since the epoch.
 * @param now - Milliseconds since the epoch.
 * @param language - JupyterLab's, which it tells the page.
 */
export function formatMoment(
  seconds: number,
  now: number,
  language = document.documentElement.lang
): string {
  const moment = new Date(seconds * 1000);
  const isToday = moment.toDateString() === new Date(now).toDateString();
  const locales = /^(en)?$/.test(language) ? [] : [language];
  return isToday
    ? moment.toLocaleTimeString(locales, { hour: '2-digit', minute: '2-digit' })
    : moment.toLocaleString(locales, {
        dateStyle: 'medium',
        timeStyle: 'short'
      });
}

/**
 * How long something lasts yet, as people say it: by days, by hours and
 * minutes, and by minutes.
 *
 * @param seconds - When it ends, in seconds since the epoch.
 * @param now - Milliseconds since the epoch.
 * @returns An empty text where it is over.
 */
export function formatRemaining(
  seconds: number,
  now: number,
  trans: TranslationBundle
): string {
  const minutes = Math.floor((seconds - now / 1000) / 60);
  if (seconds * 1000 <= now) {
    return '';
  }
  if (minutes < 1) {
    return trans.__('less than a minute');
  }
  if (minutes < 60) {
    return trans._n('%1 minute', '%1 minutes', minutes);
  }
  const hours = Math.floor(minutes / 60);
  if (hours < 48) {
    return trans.__('%1 h %2 min', hours, minutes % 60);
  }
  return trans._n('%1 day', '%1 days', Math.floor(hours / 24));
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
