import { formatMoment } from '../format';

const MOMENT = new Date(2026, 10, 24, 15, 4);
const SECONDS = MOMENT.getTime() / 1000;
const TODAY = new Date(2026, 10, 24, 9).getTime();
const YESTERDAY = new Date(2026, 10, 23, 9).getTime();

describe('formatMoment', () => {
  it('follows the language that was chosen', () => {
    expect(formatMoment(SECONDS, TODAY, 'de-DE')).toBe('15:04');
    expect(formatMoment(SECONDS, YESTERDAY, 'de-DE')).toBe('24.11.2026, 15:04');
    expect(formatMoment(SECONDS, YESTERDAY, 'fr-FR')).toContain('24 nov. 2026');
  });

  it.each(['en', ''])('follows the browser where it is «%s»', language => {
    expect(formatMoment(SECONDS, TODAY, language)).toBe(
      MOMENT.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })
    );
  });

  it('takes the language from the page', () => {
    document.documentElement.lang = 'de-DE';
    try {
      expect(formatMoment(SECONDS, TODAY)).toBe('15:04');
    } finally {
      document.documentElement.lang = '';
    }
  });
});
