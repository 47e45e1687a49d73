/** What the surprisal layer says in words: of one unit, of a stretch of text, and its legend. */
import { language, t } from '../l10n';
import { fixed, grouped, percent } from '../tokens/numbers';
import type { ModelInfo } from '../../protocol/models';
import { outsideFactor, worstOf } from './surprisalFigures';
import type { SurprisalFigures } from './surprisalFigures';
import { levelStarts } from './surprisalUnits';
import type { SurprisalUnit, SurprisalUnitKind } from './surprisalUnits';

/** One sentence of a unit: what it is, its surprisal, and for a single token its probability and rank. */
export function unitSentence(unit: SurprisalUnit, kind: SurprisalUnitKind, text: string): string {
  const quoted = text.replaceAll('\n', '↵').trim();
  if (Number.isNaN(unit.bits)) return t('surprisal.first', { text: quoted });
  const perByte = fixed(unit.bits / unit.bytes, 2);
  const bits = fixed(unit.bits, 1);
  const [only, ...others] = unit.tokens;
  if (kind === 'token' && only !== undefined && others.length === 0 && (unit.shown ?? 1) === 1) {
    return t('surprisal.token', {
      text: quoted,
      bits,
      probability: percent(2 ** -only.bits),
      rank: grouped(only.rank, language()),
      context: grouped(only.context, language()),
    });
  }
  const tokens = grouped(unit.tokens.length, language());
  if (unit.shown === 1) return t('surprisal.shownToken', { text: quoted, bits, tokens });
  if (unit.shown !== undefined) {
    const shown = grouped(unit.shown, language());
    return t('surprisal.shownTokens', { text: quoted, bits, tokens, shown });
  }
  return t('surprisal.unit', { text: quoted, bits, tokens, perByte });
}

/** The figures of a stretch, one sentence a line. */
export function figureSentences(figures: SurprisalFigures, model: ModelInfo | undefined): string[] {
  const said = t('surprisal.figures', {
    perplexity: fixed(figures.perplexity, 1),
    perByte: fixed(figures.bitsPerByte, 2),
    tokens: grouped(figures.tokens, language()),
    bits: grouped(Math.round(figures.bits), language()),
  });
  return [said, familiaritySentence(figures, model)];
}

function familiaritySentence(
  { familiarity }: SurprisalFigures,
  model: ModelInfo | undefined,
): string {
  const worst = worstOf(model?.validation ?? []);
  const values = {
    worst: worst === undefined ? '' : fixed(worst, 2),
    limit: worst === undefined ? '' : fixed(worst * outsideFactor, 2),
  };
  switch (familiarity) {
    case 'inside':
      return t('surprisal.inside', values);
    case 'outside':
      return t('surprisal.outside', values);
    case 'too-short':
      return t('surprisal.tooShort', values);
    case 'not-stated':
      return t('surprisal.notStated');
  }
}

/** One entry a level: its range in words. */
export function legendEntries(kind: SurprisalUnitKind): string[] {
  const starts = levelStarts[kind];
  const unit = t(kind === 'line' ? 'surprisal.bitsPerByte' : 'surprisal.bits');
  return starts.map((start, n) => {
    const end = starts[n + 1];
    return end === undefined
      ? t('surprisal.from', { start, unit })
      : t('surprisal.between', { start, end, unit });
  });
}
