/** The card over a token, as Markdown. Every number in it is an answer of the engine; what is unknown is said to be. */
import type { Expectation, TokenFacts } from '../../protocol/runs';
import type { Language, MessageKey, MessageValues } from '../l10n';
import { fixed, grouped, percent } from '../tokens/numbers';
import type { Vocabulary } from '../tokens/vocabulary';
import type { JoinedParts } from './tokenMerges';

export interface TokenCard {
  readonly facts: TokenFacts;
  /** Zero-based position in the text, or undefined when only a window of it was tokenized. */
  readonly position: number | undefined;
  readonly part: number;
  readonly parts: number;
  /** What the model thought of it, or why nobody knows. */
  readonly thought: Expectation | 'first' | 'unknown';
  /** The embedding as a picture, a data URI. */
  readonly strip: string;
}

/** A token of a tokenizer that is not the model's: nothing but the text is known of it. */
export interface ForeignCard {
  readonly id: number;
  /** What the tokenizer is called. */
  readonly tokenizer: string;
  readonly position: number | undefined;
  readonly part: number;
  readonly parts: number;
  readonly merges: readonly JoinedParts[] | undefined;
}

export interface CardWords {
  readonly t: (key: MessageKey, values?: MessageValues) => string;
  readonly language: Language;
  readonly vocabulary: Vocabulary;
}

/** Merges told in a card; the last ones say most. */
const writtenMerges = 6;
/** How many of the embedding's values are written out. */
const writtenValues = 5;

export function tokenCard(card: TokenCard, words: CardWords): string {
  return [
    headLine({ ...card, id: card.facts.id }, words),
    embeddingLines(card, words),
    '---',
    thoughtLines(card, words),
  ].join('\n\n');
}

export function foreignCard(card: ForeignCard, words: CardWords): string {
  const lines = [headLine(card, words), `${card.tokenizer} · ${placeOf(card, words)}`];
  if (card.merges !== undefined && card.merges.length > 0) {
    lines.push(mergeLines(card.merges, words));
  }
  return lines.join('\n\n');
}

/** How the token was put together, last merge last. */
function mergeLines(merges: readonly JoinedParts[], { t, vocabulary }: CardWords): string {
  const hidden = merges.length - writtenMerges;
  const told = merges
    .slice(-writtenMerges)
    .map(
      ({ rank, left, right }) =>
        `${code(vocabulary.labelOf(left))} + ${code(vocabulary.labelOf(right))} · ${t('hover.mergeRank', { rank })}`,
    );
  const heading = t('hover.merges', { merges: merges.length });
  return [heading, ...(hidden > 0 ? ['…'] : []), ...told].join('  \n');
}

function headLine(
  { id, part, parts }: { readonly id: number; readonly part: number; readonly parts: number },
  { t, vocabulary }: CardWords,
): string {
  const pieces = [
    `**${code(vocabulary.label(id))}**`,
    `**${t('hover.id', { id })}**`,
    code(vocabulary.hex(id)),
  ];
  if (parts > 1) pieces.push(t('hover.part', { part: part + 1, parts }));
  if (vocabulary.isSpecial(id)) pieces.push(t('hover.special'));
  return pieces.join(' &nbsp; ');
}

function placeOf(
  { position }: { readonly position: number | undefined },
  { t, language }: CardWords,
): string {
  return position === undefined
    ? t('hover.positionUnknown')
    : t('hover.position', { position: grouped(position, language) });
}

function embeddingLines(card: TokenCard, words: CardWords): string {
  const { facts, strip } = card;
  const { t, vocabulary } = words;
  const values = [...facts.embedding.subarray(0, writtenValues)].map((value) => fixed(value, 2));
  const more = facts.embedding.length > writtenValues ? ', …' : '';
  const nearest = facts.nearest.map(
    ({ id, cosine }) => `${code(vocabulary.label(id))} ${fixed(cosine, 2)}`,
  );
  return [
    `${placeOf(card, words)} · ${t('hover.norm', { norm: fixed(facts.norm, 2) })} &nbsp; ![](${strip})`,
    code(`[${values.join(', ')}${more}]`),
    `${t('hover.nearest')} ${nearest.join(' &nbsp; ')}`,
  ].join('  \n');
}

function thoughtLines({ thought }: TokenCard, words: CardWords): string {
  const { t, language, vocabulary } = words;
  if (thought === 'first') return t('hover.first');
  if (thought === 'unknown') return t('hover.thoughtUnknown');
  const expected = thought.top.map(
    ({ id, probability }) => `${code(vocabulary.label(id))} ${percent(probability)}`,
  );
  return [
    [
      `**${percent(thought.probability)}**`,
      t('hover.rank', { rank: grouped(thought.rank, language) }),
      t('hover.surprisal', { bits: fixed(thought.surprisalBits, 1) }),
      t('hover.given', { tokens: grouped(thought.contextLength, language) }),
    ].join(' · '),
    `${t('hover.expected')} ${expected.join(' &nbsp; ')}`,
  ].join('  \n');
}

/** Text as Markdown code whatever is in it: the fence is longer than any run of backticks inside. */
export function code(text: string): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const needsSpace = longest > 0 || text.trim() === '';
  return needsSpace ? `${fence} ${text} ${fence}` : `${fence}${text}${fence}`;
}
