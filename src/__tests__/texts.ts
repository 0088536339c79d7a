import ts from 'typescript';

/**
 * A text in the code that goes through a translation bundle.
 */
export interface IText {
  /** What a catalogue has it under: the context, if any, and the text. */
  readonly key: string;
  /** The text; with a plural, both forms. */
  readonly forms: readonly string[];
  /** Its first place, as `file:line`. */
  readonly at: string;
}

/** What parts a context from its text, in a catalogue's keys. */
const CONTEXT_END = '\u0004';

/** The methods of a translation bundle: where the context and the forms stand. */
const METHODS = new Map<string, { context?: number; forms: number[] }>([
  ['__', { forms: [0] }],
  ['_n', { forms: [0, 1] }],
  ['_p', { context: 0, forms: [1] }],
  ['_np', { context: 0, forms: [1, 2] }],
  ['gettext', { forms: [0] }],
  ['ngettext', { forms: [0, 1] }],
  ['pgettext', { context: 0, forms: [1] }],
  ['npgettext', { context: 0, forms: [1, 2] }]
]);

/**
 * Collect the texts of a source file, in their order.
 *
 * @param file - Its name, for `at`.
 * @param source - TypeScript, with JSX or without.
 * @returns The texts, and the places (`file:line code`) where a text can't be
 * known without running the code, so that nobody can translate it.
 */
export function textsIn(
  file: string,
  source: string
): { texts: IText[]; unreadable: string[] } {
  const tree = ts.createSourceFile(
    file,
    source,
    ts.ScriptTarget.Latest,
    true,
    file.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS
  );
  const texts: IText[] = [];
  const unreadable: string[] = [];
  const visit = (node: ts.Node): void => {
    const method = ts.isCallExpression(node) && METHODS.get(calledName(node));
    if (method) {
      const { line } = tree.getLineAndCharacterOfPosition(node.getStart());
      const at = `${file}:${line + 1}`;
      const forms = method.forms.map(i => fold(node.arguments[i]));
      const context =
        method.context === undefined
          ? ''
          : fold(node.arguments[method.context]);
      if (context === null || !areKnown(forms)) {
        unreadable.push(`${at} ${node.getText()}`);
      } else {
        const key = context ? context + CONTEXT_END + forms[0] : forms[0];
        texts.push({ key, forms, at });
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return { texts, unreadable };
}

function calledName({ expression }: ts.CallExpression): string {
  if (ts.isPropertyAccessExpression(expression)) {
    return expression.name.text;
  }
  return ts.isIdentifier(expression) ? expression.text : '';
}

/** The value of a literal, or of literals that are joined; `null` for anything else. */
function fold(node: ts.Expression | undefined): string | null {
  if (!node) {
    return null;
  }
  if (ts.isStringLiteralLike(node)) {
    return node.text;
  }
  if (ts.isParenthesizedExpression(node)) {
    return fold(node.expression);
  }
  if (
    ts.isBinaryExpression(node) &&
    node.operatorToken.kind === ts.SyntaxKind.PlusToken
  ) {
    const [left, right] = [fold(node.left), fold(node.right)];
    return left === null || right === null ? null : left + right;
  }
  return null;
}

function areKnown(forms: (string | null)[]): forms is string[] {
  return forms.every(form => form !== null);
}
