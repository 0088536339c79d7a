import * as fs from 'node:fs';
import * as path from 'node:path';

import { VERSION } from '../version';
import { conflicts, flawsOf, parseCatalogue } from './catalogue';
import { textsIn } from './texts';

const ROOT = path.resolve(__dirname, '../..');
const SOURCES = path.join(ROOT, 'src');
const LOCALES = path.join(ROOT, 'jupyterlab_deploykf/locale');
const DOMAIN = 'jupyterlab_deploykf';

const read = sourceFiles(SOURCES).map(file =>
  textsIn(path.relative(ROOT, file), fs.readFileSync(file, 'utf8'))
);
const texts = read.flatMap(one => one.texts);

function sourceFiles(folder: string): string[] {
  return fs
    .readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => name !== '__tests__')
    .flatMap(entry => {
      const file = path.join(folder, entry.name);
      return entry.isDirectory() ? sourceFiles(file) : [file];
    })
    .filter(file => /\.tsx?$/.test(file));
}

/** Fail with lines that can be read, and copied. */
function expectNone(lines: string[]): void {
  if (lines.length) {
    throw new Error(lines.join('\n'));
  }
}

describe('the texts of the code', () => {
  it('are found', () => {
    expect(texts.length).toBeGreaterThan(150);
    expect(texts).toContainEqual(
      expect.objectContaining({ forms: ['%1 minute', '%1 minutes'] })
    );
  });

  it('are literals, so that they can be translated', () => {
    expectNone(read.flatMap(one => one.unreadable));
  });

  it('have a plural everywhere or nowhere', () => {
    expectNone(conflicts(texts));
  });
});

describe.each(fs.readdirSync(LOCALES))('the translation to %s', locale => {
  const file = path.join(LOCALES, locale, 'LC_MESSAGES', `${DOMAIN}.json`);
  const name = path.relative(ROOT, file);
  const catalogue = parseCatalogue(fs.readFileSync(file, 'utf8'));

  it('says what it is', () => {
    expect(catalogue.header).toEqual({
      domain: DOMAIN,
      language: locale.replace('_', '-'),
      plural_forms: expect.stringMatching(/^nplurals=\d+; plural=.+;$/),
      version: VERSION
    });
  });

  it('is complete', () => {
    expectNone(flawsOf(name, catalogue, texts));
  });
});
