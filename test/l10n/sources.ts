// Reads the text in our sources through the TypeScript parser: every string, every piece of a template, and where it stands.
import { readdirSync, readFileSync } from 'node:fs';
import ts from 'typescript';

/** A string, or a template with its fixed pieces: `inspector.step.${step}` is ['inspector.step.', '']. */
export interface SourceText {
  readonly pieces: readonly string[];
  /** file:line */
  readonly place: string;
  /** What the text is handed to: the called function's last name, the template's tag or the property that is set. */
  readonly takenBy: string | undefined;
}

export function textsIn(folders: readonly string[]): SourceText[] {
  return folders.flatMap((folder) => sourceFiles(folder)).flatMap(textsOf);
}

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
    .map((name) => `${folder}/${name}`);
}

function textsOf(file: string): SourceText[] {
  const source = ts.createSourceFile(
    file,
    readFileSync(file, 'utf8'),
    ts.ScriptTarget.ES2022,
    true,
  );
  const texts: SourceText[] = [];
  const visit = (node: ts.Node): void => {
    const pieces = piecesOf(node);
    if (pieces !== undefined && !ts.isImportDeclaration(node.parent)) {
      const { line } = source.getLineAndCharacterOfPosition(node.getStart());
      texts.push({ pieces, place: `${file}:${line + 1}`, takenBy: takerOf(node) });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return texts;
}

function piecesOf(node: ts.Node): string[] | undefined {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return [node.text];
  if (!ts.isTemplateExpression(node)) return undefined;
  return [node.head.text, ...node.templateSpans.map((span) => span.literal.text)];
}

function takerOf(node: ts.Node): string | undefined {
  const { parent } = node;
  if (ts.isTaggedTemplateExpression(parent)) return lastName(parent.tag);
  if (ts.isCallExpression(parent) || ts.isNewExpression(parent)) return lastName(parent.expression);
  if (ts.isPropertyAssignment(parent) && parent.initializer === node) return lastName(parent.name);
  const sets =
    ts.isBinaryExpression(parent) && parent.operatorToken.kind === ts.SyntaxKind.EqualsToken;
  return sets && parent.right === node ? lastName(parent.left) : undefined;
}

function lastName(node: ts.Node): string {
  return ts.isPropertyAccessExpression(node) ? node.name.text : node.getText();
}
