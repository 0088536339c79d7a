import { textsIn } from './texts';

function keysIn(source: string): string[] {
  return textsIn('a.tsx', source).texts.map(({ key }) => key);
}

describe('textsIn', () => {
  it('finds texts, plurals and contexts, wherever they stand', () => {
    const source = `
      const a = trans.__('One %1', trans._p('name', 'Two'));
      const b = <p title={props.trans.__("Three")}>{this._trans._n('%1 x', '%1 xs', n)}</p>;
      const c = trans._np('of it', '%1 y', '%1 ys', n);
    `;
    expect(textsIn('a.tsx', source).texts).toEqual([
      { key: 'One %1', forms: ['One %1'], at: 'a.tsx:2' },
      { key: 'name\u0004Two', forms: ['Two'], at: 'a.tsx:2' },
      { key: 'Three', forms: ['Three'], at: 'a.tsx:3' },
      { key: '%1 x', forms: ['%1 x', '%1 xs'], at: 'a.tsx:3' },
      { key: 'of it\u0004%1 y', forms: ['%1 y', '%1 ys'], at: 'a.tsx:4' }
    ]);
  });

  it('joins literals', () => {
    expect(keysIn("trans.__('One ' + ('two ' + `three`))")).toEqual([
      'One two three'
    ]);
  });

  it('finds what is called without its bundle', () => {
    expect(keysIn("const { __ } = trans; __('One');")).toEqual(['One']);
  });

  it.each([
    'trans.__(text)',
    'trans.__(`One ${n}`)',
    "trans.__('One' + n)",
    "trans.__(n ? 'One' : 'Two')",
    "trans._n('One', many, n)",
    "trans._p(context, 'One')",
    'trans.__()'
  ])('can’t read %s', call => {
    expect(textsIn('a.ts', `\n${call}`)).toEqual({
      texts: [],
      unreadable: [`a.ts:2 ${call}`]
    });
  });
});
