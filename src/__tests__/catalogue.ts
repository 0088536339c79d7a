import { IText } from './texts';

/**
 * A language's translations, as JupyterLab reads them: the texts in that
 * language by the English text, and what is said of the whole under `''`.
 */
export interface ICatalogue {
  readonly header: { readonly [name: string]: string };
  readonly entries: ReadonlyMap<string, readonly string[]>;
}

/**
 * Read a catalogue.
 *
 * @param json - The file's content.
 */
export function parseCatalogue(json: string): ICatalogue {
  const { '': header, ...entries } = JSON.parse(json);
  return { header, entries: new Map(Object.entries(entries)) };
}

/**
 * What is wrong with a catalogue, in words that say where, and what to do.
 *
 * @param name - How to call it: where it is.
 * @param catalogue - The catalogue.
 * @param texts - All texts of the code.
 * @returns Nothing where it is complete.
 */
export function flawsOf(
  name: string,
  catalogue: ICatalogue,
  texts: readonly IText[]
): string[] {
  const { entries, header } = catalogue;
  const wanted = new Map(texts.map(text => [text.key, text]));
  const plurals = pluralForms(header);
  const missing = [...wanted.values()].filter(({ key }) => !entries.has(key));
  const unused = [...entries.keys()].filter(key => !wanted.has(key));
  const wrong = [...wanted.values()].flatMap(text => {
    const forms = entries.get(text.key);
    const why = forms && whyWrong(text, forms, plurals);
    return why ? [`${text.at} ${JSON.stringify(text.key)}: ${why}`] : [];
  });
  return [
    ...paragraph(
      `${name} has no translation for these texts:`,
      missing.map(({ at, key }) => `${at} ${JSON.stringify(key)}`)
    ),
    ...paragraph(
      `Paste this into ${name}, and write the translations into the empty quotes:`,
      missing.map(text => entryToFill(text, plurals))
    ),
    ...paragraph(`${name} has translations that are wrong:`, wrong),
    ...paragraph(
      `${name} has texts that no code uses; take them out:`,
      unused.map(key => JSON.stringify(key))
    )
  ];
}

/**
 * The texts that stand in the code in two ways that a catalogue can't tell
 * apart: once with a plural, and once without, or with another one.
 */
export function conflicts(texts: readonly IText[]): string[] {
  const seen = new Map<string, IText>();
  return texts.flatMap(text => {
    const other = seen.get(text.key) ?? text;
    seen.set(text.key, other);
    return other.forms.join('\n') === text.forms.join('\n')
      ? []
      : [`${text.at} ${JSON.stringify(text.key)}: not as in ${other.at}`];
  });
}

/**
 * So many forms a plural needs. JupyterLab takes a single one for a text
 * without a plural, so two it must be where the language has one.
 */
function pluralForms(header: ICatalogue['header']): number {
  const count = /nplurals\s*=\s*(\d+)/.exec(header.plural_forms)?.[1];
  return Math.max(2, Number(count));
}

function whyWrong(
  text: IText,
  forms: readonly string[],
  plurals: number
): string | null {
  const count = text.forms.length > 1 ? plurals : 1;
  if (forms.length !== count) {
    return `${count} forms are needed, and ${forms.length} are there`;
  }
  if (forms.some(form => !form.trim())) {
    return 'a translation is empty';
  }
  const expected = placeholders(text.forms[0]);
  const odd = forms.find(form => placeholders(form) !== expected);
  return odd === undefined
    ? null
    : `the placeholders are ${placeholders(odd) || 'none'}, and not ${expected || 'none'}`;
}

/** Which there are; a translation may have one twice. */
function placeholders(text: string): string {
  const found = text.match(/%\d+/g) ?? [];
  return [...new Set(found)].sort().join(' ');
}

function entryToFill(text: IText, plurals: number): string {
  const count = text.forms.length > 1 ? plurals : 1;
  const forms = Array.from({ length: count }, () => '""').join(', ');
  return `${JSON.stringify(text.key)}: [${forms}],`;
}

function paragraph(title: string, lines: readonly string[]): string[] {
  return lines.length ? ['', title, ...lines.map(line => `  ${line}`)] : [];
}
