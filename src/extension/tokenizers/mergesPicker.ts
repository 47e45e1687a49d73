/** How the word at the caret became tokens, step by step: a list, in which the arrow keys go forward and back. */
import * as vscode from 'vscode';
import { describeStep } from '../../protocol/describeStep';
import { fail } from '../../protocol/failures';
import { tokenizingSteps, type StepPart } from '../../protocol/tokenizingSteps';
import { labelOfBytes } from '../../protocol/tokenLabel';
import { editorAtHand } from '../editor/editorText';
import { t } from '../l10n';
import { pieceAt } from './pieceAt';
import { tokenizerName } from './tokenizerSources';
import type { Tokenizers } from './tokenizers';

/** More text than this on a line is not looked at: what stands around the caret is. */
const windowUnits = 2000;

/** Throws `text-empty` where there is no text, or none that becomes tokens. */
export async function showMerges(tokenizers: Tokenizers): Promise<void> {
  const editor = editorAtHand();
  const caret = editor && wordAt(editor);
  if (editor === undefined || caret === undefined) throw fail('text-empty', {});
  const choice = tokenizers.choiceFor(editor.document);
  const found = await pieceAt(tokenizers.client(choice), caret);
  if (found === undefined) throw fail('text-empty', {});
  const { piece, start } = found;
  const word = spell(caret.text.slice(start, start + piece.end - piece.start));
  const items = tokenizingSteps(piece).map((step, n) => ({
    label: `${String(n)}  ${step.parts.map(partText).join(' │ ')}`,
    detail: describeStep(step, { t, spell }),
  }));
  const chosen = await vscode.window.showQuickPick(items, {
    title: t('merges.title', { piece: word, name: tokenizerName(choice.source) }),
    placeHolder: t('merges.placeholder'),
    matchOnDetail: true,
  });
  if (chosen === undefined) return;
  const lines = items.map(({ label, detail }) => `${label}\t${detail}\n`);
  await vscode.env.clipboard.writeText(lines.join(''));
  vscode.window.setStatusBarMessage(t('merges.copied', { piece: word }), 5000);
}

/** Text around the caret, and the word or the character in it that is meant; undefined in an empty document. */
function wordAt({ document, selection }: vscode.TextEditor) {
  const { start: caret } = selection;
  const range = selection.isEmpty ? document.getWordRangeAtPosition(caret) : undefined;
  const offset = document.offsetAt(range?.start ?? caret);
  const from = Math.max(0, offset - windowUnits);
  const text = document.getText(
    new vscode.Range(document.positionAt(from), document.positionAt(offset + windowUnits)),
  );
  if (text === '') return undefined;
  // Behind the last character the one before is meant.
  const start = Math.min(offset - from, text.length - 1);
  return { text, start, end: start + 1 };
}

function partText({ content, isNew }: StepPart): string {
  return isNew ? `[${spell(content)}]` : spell(content);
}

function spell(content: StepPart['content']): string {
  return labelOfBytes(typeof content === 'string' ? new TextEncoder().encode(content) : content);
}
