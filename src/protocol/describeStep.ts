/** A step of a tokenizer as a sentence in the person's language. */
import type { StepPart, TokenizingStep } from './tokenizingSteps';

type StepKey =
  | 'merges.start'
  | 'merges.join'
  | 'merges.match'
  | 'merges.matchAtOnce'
  | 'merges.noMatch'
  | 'merges.tooLong'
  | 'merges.ways'
  | 'merges.way'
  | 'merges.unknownWay'
  | 'merges.path'
  | 'merges.found'
  | 'merges.notFound'
  | 'merges.tokens';

/** What is needed to say a step: the translations, and how the places that show it spell a part. */
export interface StepWords {
  readonly t: (key: StepKey, values: Readonly<Record<string, string | number>>) => string;
  readonly spell: (content: StepPart['content']) => string;
}

/** Entries or ways that a sentence names; of more it says how many there are. */
const mostNamed = 8;

/** The step as one sentence. */
export function describeStep({ event }: TokenizingStep, { t, spell }: StepWords): string {
  const list = (entries: readonly string[]): string =>
    entries.slice(0, mostNamed).join(' · ') +
    (entries.length > mostNamed ? ` … (${String(entries.length)})` : '');
  switch (event.kind) {
    case 'start':
      return t('merges.start', { n: event.count });
    case 'join':
      return t('merges.join', {
        rank: event.rank,
        left: spell(event.left),
        right: spell(event.right),
      });
    case 'match': {
      const { id, tried } = event;
      const entry = spell(event.entry);
      if (tried.length === 0) return t('merges.matchAtOnce', { entry, id });
      return t('merges.match', { entry, id, tried: list(tried.map(spell)) });
    }
    case 'noMatch':
      return t('merges.noMatch', { tried: list(event.tried.map(spell)) });
    case 'tooLong':
      return t('merges.tooLong', { limit: event.limit });
    case 'ways': {
      const said = event.ways.map((way, n) => {
        const key = way.unknown ? 'merges.unknownWay' : 'merges.way';
        const mark = n === event.best ? '✓ ' : '';
        const [score, total] = [rounded(way.score), rounded(way.total)];
        return mark + t(key, { entry: spell(way.entry), score, total });
      });
      return t('merges.ways', { ways: list(said) });
    }
    case 'path':
      return t('merges.path', { total: rounded(event.total) });
    case 'lookup':
      return t(event.found ? 'merges.found' : 'merges.notFound', {});
    case 'tokens':
      return t('merges.tokens', { ids: event.ids.join(', ') });
  }
}

/** Two decimals and a real minus sign. */
function rounded(value: number): string {
  return value.toFixed(2).replace('-', '−');
}
