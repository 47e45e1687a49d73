/** What is offered, in the status bar: ghost text alone shows neither a line end nor how sure the model is. */
import * as vscode from 'vscode';
import type { StopReason } from '../../protocol/sampling';
import { t } from '../l10n';
import { percent } from '../tokens/numbers';
import type { Vocabulary } from '../tokens/vocabulary';
import type { Piece } from './piece';

/** Why nothing more comes by itself. */
export type Ending = StopReason | 'repetition' | 'person' | 'count';

export type GenerationNews =
  | { readonly kind: 'thinking' | 'empty' }
  | { readonly kind: 'running'; readonly tokens: number }
  | { readonly kind: 'stopped'; readonly tokens: number; readonly why: Ending }
  | {
      readonly kind: 'offered';
      readonly piece: Piece;
      readonly vocabulary: Vocabulary;
      /** Length of the circle that the text goes in, if it does. */
      readonly period: number | undefined;
      readonly last: Ending | undefined;
    };

export class GenerationStatus {
  readonly #item = vscode.window.createStatusBarItem(
    'tokenscope.generation',
    vscode.StatusBarAlignment.Right,
    100,
  );

  constructor() {
    this.#item.name = t('stepping.name');
  }

  show(news: GenerationNews): void {
    this.#item.text = textOf(news);
    this.#item.tooltip = tooltipOf(news);
    this.#item.command =
      news.kind === 'running' ? 'tokenscope.pauseGenerating' : 'tokenscope.chooseToken';
    const label = this.#item.text.replaceAll(/\$\([^)]*\)/g, '').trim();
    this.#item.accessibilityInformation = { label };
    this.#item.show();
  }

  dispose(): void {
    this.#item.dispose();
  }
}

function textOf(news: GenerationNews): string {
  switch (news.kind) {
    case 'thinking':
      return t('stepping.thinking');
    case 'empty':
      return t('stepping.empty');
    case 'running':
      return t('stepping.running', { tokens: news.tokens });
    case 'stopped':
      return t('stepping.stopped', { why: t(`stepping.why.${news.why}`), tokens: news.tokens });
    case 'offered': {
      const { piece, vocabulary, period } = news;
      const [first] = piece.tokens;
      const text = t('stepping.offered', {
        token: piece.tokens.map(({ id }) => vocabulary.label(id)).join(' '),
        probability: first === undefined ? '' : percent(first.probability),
        rank: first?.rank ?? '',
      });
      return period === undefined ? text : `$(warning) ${text}`;
    }
  }
}

function tooltipOf(news: GenerationNews): string {
  if (news.kind === 'running') return t('stepping.runningKeys');
  if (news.kind !== 'offered') return t('stepping.keys');
  const { piece, vocabulary, period, last } = news;
  const { tokens } = piece;
  const lines = tokens.map(({ id, probability, rank }) =>
    t('stepping.token', {
      token: vocabulary.label(id),
      id,
      probability: percent(probability),
      rank,
    }),
  );
  if (tokens.length > 1) lines.push(t('stepping.joined', { tokens: tokens.length }));
  const cache = tokens.at(-1)?.cache;
  if (cache !== undefined && cache.dropped > 0) {
    lines.push(t('stepping.dropped', { tokens: cache.kept + cache.computed }));
  }
  if (last !== undefined) lines.push(t('stepping.paused', { why: t(`stepping.why.${last}`) }));
  if (period !== undefined) lines.push(t('stepping.repeats', { tokens: period }));
  return [...lines, t('stepping.keys')].join('\n');
}
