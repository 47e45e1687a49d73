/** The card over a generated token, as Markdown: how it was picked, under which settings, and what else there was. */
import type { GeneratedToken } from '../../protocol/engineApi';
import type { SamplingSettings } from '../../protocol/sampling';
import { code } from '../editor/hoverCard';
import { t } from '../l10n';
import { fixed, percent } from '../tokens/numbers';
import type { Vocabulary } from '../tokens/vocabulary';
import type { TreeNode } from './tokenTree';

/** One paragraph a token of the piece. */
export function trailCard({ piece, settings }: TreeNode, vocabulary: Vocabulary): string {
  const tokens = piece.tokens.map((token) => tokenLines(token, vocabulary));
  if (settings !== undefined) tokens.push(t('stepping.settings', settingValues(settings.sampling)));
  return tokens.join('\n\n');
}

function tokenLines(token: GeneratedToken, vocabulary: Vocabulary): string {
  const { id, probability, rank, entropyBits, surprisalBits } = token;
  const others = token.top
    .filter((other) => other.id !== id)
    .map((other) => `${code(vocabulary.label(other.id))} ${percent(other.probability)}`);
  return [
    `**${code(vocabulary.label(id))}** &nbsp; **${percent(probability)}** &nbsp; ${t(
      'stepping.facts',
      {
        id,
        rank,
        entropy: fixed(entropyBits, 2),
        surprisal: fixed(surprisalBits, 2),
      },
    )}`,
    howPicked(token),
    `${t('stepping.instead')} ${others.join(' &nbsp; ')}`,
  ].join('  \n');
}

function howPicked({ chosen, draw, interval, rank, device }: GeneratedToken): string {
  if (chosen === true) return t('stepping.chosen', { device });
  // A record's token that the settings do not pick here.
  if (interval === undefined && (draw !== undefined || rank !== 1)) {
    return t('stepping.recorded', { device });
  }
  if (draw === undefined || interval === undefined) return t('stepping.greedy', { device });
  const [from, to] = interval;
  return t('stepping.drawn', {
    draw: draw.toFixed(4),
    from: from.toFixed(4),
    to: to.toFixed(4),
    device,
  });
}

function settingValues(sampling: SamplingSettings): Record<string, string | number> {
  const { temperature, topK, topP, minP = 0, repetitionPenalty = 1, seed } = sampling;
  return { temperature, topK, topP, minP, penalty: repetitionPenalty, seed };
}
