/** The card over a token, as Markdown. Every number in it is an answer of the engine; what is unknown is said to be. */
import type { Expectation, TokenFacts } from '../../protocol/runs';
import type { Language, MessageKey, MessageValues } from '../l10n';
import { fixed, grouped, percent } from '../tokens/numbers';
import type { Vocabulary } from '../tokens/vocabulary';

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

export interface CardWords {
  readonly t: (key: MessageKey, values?: MessageValues) => string;
  readonly language: Language;
  readonly vocabulary: Vocabulary;
}

/** How many of the embedding's values are written out. */
const writtenValues = 5;

export function tokenCard(card: TokenCard, words: CardWords): string {
  return [
    headLine(card, words),
    embeddingLines(card, words),
    '---',
    thoughtLines(card, words),
  ].join('\n\n');
}

function headLine({ facts, part, parts }: TokenCard, { t, vocabulary }: CardWords): string {
  const pieces = [
    `**${code(vocabulary.label(facts.id))}**`,
    `**${t('hover.id', { id: facts.id })}**`,
    code(vocabulary.hex(facts.id)),
  ];
  if (parts > 1) pieces.push(t('hover.part', { part: part + 1, parts }));
  if (vocabulary.isSpecial(facts.id)) pieces.push(t('hover.special'));
  return pieces.join(' &nbsp; ');
}

function embeddingLines({ facts, position, strip }: TokenCard, words: CardWords): string {
  const { t, language, vocabulary } = words;
  const values = [...facts.embedding.subarray(0, writtenValues)].map((value) => fixed(value, 2));
  const more = facts.embedding.length > writtenValues ? ', …' : '';
  const place =
    position === undefined
      ? t('hover.positionUnknown')
      : t('hover.position', { position: grouped(position, language) });
  const nearest = facts.nearest.map(
    ({ id, cosine }) => `${code(vocabulary.label(id))} ${fixed(cosine, 2)}`,
  );
  return [
    `${place} · ${t('hover.norm', { norm: fixed(facts.norm, 2) })} &nbsp; ![](${strip})`,
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
