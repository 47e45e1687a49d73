/** What is offered, in the status bar: ghost text alone shows neither a line end nor how sure the model is. */
import * as vscode from 'vscode';
import { t } from '../l10n';
import { percent } from '../tokens/numbers';
import type { Vocabulary } from '../tokens/vocabulary';
import type { Piece } from './generatedLine';

export type GenerationNews =
  'thinking' | { readonly piece: Piece; readonly vocabulary: Vocabulary };

export class GenerationStatus {
  readonly #item = vscode.window.createStatusBarItem(
    'tokenscope.generation',
    vscode.StatusBarAlignment.Right,
    100,
  );

  constructor() {
    this.#item.name = t('generation.name');
    this.#item.command = 'tokenscope.stopGenerating';
  }

  show(news: GenerationNews): void {
    if (news === 'thinking') {
      this.#item.text = t('generation.thinking');
      this.#item.tooltip = t('generation.keys');
    } else {
      const { piece, vocabulary } = news;
      const [first] = piece.tokens;
      this.#item.text = t('generation.offered', {
        token: piece.tokens.map(({ id }) => vocabulary.label(id)).join(' '),
        probability: first === undefined ? '' : percent(first.probability),
      });
      this.#item.tooltip = tooltip(piece, vocabulary);
    }
    this.#item.show();
  }

  dispose(): void {
    this.#item.dispose();
  }
}

function tooltip({ tokens }: Piece, vocabulary: Vocabulary): string {
  const lines = tokens.map(({ id, probability, rank }) =>
    t('generation.token', {
      token: vocabulary.label(id),
      id,
      probability: percent(probability),
      rank,
    }),
  );
  if (tokens.length > 1) lines.push(t('generation.joined', { tokens: tokens.length }));
  const cache = tokens.at(-1)?.cache;
  if (cache !== undefined && cache.dropped > 0) {
    lines.push(t('generation.dropped', { tokens: cache.kept + cache.computed }));
  }
  return [...lines, t('generation.keys')].join('\n');
}
