import { conflicts, flawsOf, parseCatalogue } from './catalogue';
import { IText } from './texts';

const ONE: IText = { key: 'One %1', forms: ['One %1'], at: 'a.ts:1' };
const DAYS: IText = {
  key: '%1 day',
  forms: ['%1 day', '%1 days'],
  at: 'a.ts:2'
};

function flaws(
  entries: { [key: string]: string[] },
  texts: IText[] = [ONE],
  plurals = 2
): string {
  const header = { plural_forms: `nplurals=${plurals}; plural=(n != 1);` };
  const json = JSON.stringify({ '': header, ...entries });
  return flawsOf('x.json', parseCatalogue(json), texts).join('\n');
}

describe('flawsOf', () => {
  it('finds none in what is complete', () => {
    const days = ['%1 Tag', '%1 Tage'];
    expect(
      flaws({ 'One %1': ['%1 und %1'], '%1 day': days }, [ONE, DAYS])
    ).toBe('');
  });

  it('says where what is missing stands, and gives the entries to paste', () => {
    const said = flaws({}, [ONE, ONE, DAYS], 3);
    expect(said).toContain('a.ts:1 "One %1"');
    expect(said).toContain('a.ts:2 "%1 day"');
    const pasted = said
      .split('\n')
      .filter(line => line.trim().endsWith(','))
      .join('')
      .replace(/,$/, '');
    expect(JSON.parse(`{${pasted}}`)).toEqual({
      'One %1': [''],
      '%1 day': ['', '', '']
    });
  });

  it.each([
    ['an entry that was not filled in', { 'One %1': [''] }, 'empty'],
    ['a lost placeholder', { 'One %1': ['Eins'] }, 'none, and not %1'],
    ['a wrong placeholder', { 'One %1': ['Eins %2'] }, '%2, and not %1'],
    ['a form too much', { 'One %1': ['%1', '%1'] }, '1 forms are needed'],
    ['no form', { 'One %1': [] }, '0 are there'],
    [
      'what no code uses',
      { 'One %1': ['%1'], Two: ['Zwei'] },
      'no code uses; take them out:\n  "Two"'
    ]
  ])('finds %s', (_, entries, why) => {
    expect(flaws(entries as { [key: string]: string[] })).toContain(why);
  });

  it.each([
    ['a form that is lacking', ['%1 Tag'], 2],
    ['a form that is lacking in a language with three', ['a%1', 'b%1'], 3],
    ['a single form, which JupyterLab would not find', ['%1 日'], 1]
  ])('finds %s', (_, forms, plurals) => {
    expect(flaws({ '%1 day': forms }, [DAYS], plurals)).toContain(
      'forms are needed'
    );
  });

  it('finds a placeholder that one form lacks', () => {
    expect(flaws({ '%1 day': ['ein Tag', '%1 Tage'] }, [DAYS])).toContain(
      'none, and not %1'
    );
  });
});

describe('conflicts', () => {
  it('finds a text that has a plural in one place alone', () => {
    const single: IText = { key: '%1 day', forms: ['%1 day'], at: 'b.ts:3' };
    expect(conflicts([DAYS, ONE, DAYS, single])).toEqual([
      'b.ts:3 "%1 day": not as in a.ts:2'
    ]);
  });
});
