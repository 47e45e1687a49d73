/** Numbers of a prediction, written out from the logits: a token's chance, and what is summed up over the vocabulary. */
import { html, type TemplateResult } from 'lit';
import type { Distribution, SamplingSettings } from '../../src/protocol/sampling';
import { chanceName, type ChanceOf } from '../derivedNames';
import { numberName, type NumberName } from '../numberPlace';
import { at, range } from '../picture/at';
import { ledger, type LedgerLine } from '../picture/ledger';
import { grouped, percent } from '../picture/numbers';
import type { Inspector } from '../view';
import { fetched } from '../views/predictAnswer';
import { probabilityLedger } from '../views/predictOperands';
import type { Derivation } from './derivation';
import { knownLines } from './termLines';

const digits = 4;
const shown = 6;

/** A chance is asked for by its id; what is made of the whole vocabulary is shown by its largest terms. */
export function chance(
  inspector: Inspector,
  [what = '', position = '', id = '', settings = '']: readonly string[],
): Derivation {
  const { numbers, subject } = inspector;
  const sampling = readSettings(settings);
  const of: Asked = { sampling, position: Number(position) };
  const isOfToken = what === 'p' || what === 'kept';
  const rows = isOfToken ? subject.value.model.config.vocabulary : fetched;
  const question = { position: of.position, sampling, step: 0, rows };
  const distribution = numbers.ask('distribution', question);
  const isLast = of.position === subject.value.length - 1;
  const place = isLast ? ({ step: 'predict' } as const) : undefined;
  if (!distribution) return { content: undefined, place };
  const content = isOfToken
    ? tokenChance(inspector, distribution, { ...of, id: Number(id) })
    : summed[what as Summed](inspector, distribution, of);
  return { content, place };
}

interface Asked {
  readonly position: number;
  readonly sampling: SamplingSettings;
}

type Summed = Exclude<ChanceOf['what'], 'p' | 'kept'>;

/** A draw is not asked about, so that the seed says nothing. */
export function readSettings(told: string): SamplingSettings {
  const values = new Map(
    told.split(', ').map((each) => {
      const [name = '', value = ''] = each.split('=');
      return [name, Number(value)] as const;
    }),
  );
  const value = (name: string, none: number): number => values.get(name) ?? none;
  return {
    temperature: value('T', 0),
    topK: value('k', 0),
    topP: value('p', 1),
    minP: value('min', 0),
    repetitionPenalty: value('penalty', 1),
    seed: 1,
  };
}

function tokenChance(
  inspector: Inspector,
  distribution: Distribution,
  { id, position, sampling }: Asked & { readonly id: number },
): TemplateResult | undefined {
  const rank = distribution.ids.indexOf(id);
  if (rank < 0) return undefined;
  const sum = chanceName({ what: 'sum', position, sampling });
  const mass = chanceName({ what: 'mass', position, sampling });
  return html`<p class="what">
      ${inspector.labels.chip(id)}
      <span class="dim">${inspector.t('inspector.rank')} ${rank + 1}</span>
    </p>
    ${probabilityLedger(inspector, { settings: sampling, distribution }, { rank, position, links: { sum, mass } })}`;
}

const summed: Readonly<
  Record<
    Summed,
    (inspector: Inspector, distribution: Distribution, of: Asked) => TemplateResult | undefined
  >
> = {
  sum: (inspector, distribution, { position, sampling }) => {
    const { logits, maxLogit, sumExp } = distribution;
    const terms = chances(inspector, distribution, (rank) => ({
      value: Math.exp((at(logits, rank) - maxLogit) / sampling.temperature),
      links: { value: logitName(distribution, position, rank) },
    }));
    return total(inspector, distribution, { terms, label: '∑ exp(· − max)', value: sumExp });
  },
  entropy: (inspector, distribution, of) => {
    const { probabilities, entropyBits } = distribution;
    const terms = chances(inspector, distribution, (rank) => {
      const p = at(probabilities, rank);
      // 0 · log 0 is 0 in the limit.
      const bits = p === 0 ? 0 : -Math.log2(p);
      const name = chanceName({ ...of, what: 'p', id: at(distribution.ids, rank) });
      return { left: p, right: bits, value: p * bits, links: { left: name } };
    });
    return total(inspector, distribution, { terms, label: '∑ p · log₂ 1/p', value: entropyBits });
  },
  mass: (inspector, distribution, of) => {
    const { probabilities, keptCount, keptMass } = distribution;
    const all = chances(inspector, distribution, (rank) => ({
      value: at(probabilities, rank),
      links: { value: chanceName({ ...of, what: 'p', id: at(distribution.ids, rank) }) },
    }));
    const terms = all.slice(0, keptCount);
    const known = { ...distribution, vocabulary: keptCount };
    const { t, language } = inspector;
    const facts = {
      n: grouped(keptCount, language),
      V: grouped(distribution.vocabulary, language),
      p: percent(keptMass),
    };
    return html`<p class="what">${t('inspector.kept', facts)}</p>
      ${total(inspector, known, { terms, label: '∑ p', value: keptMass })}`;
  },
  gap: (inspector, distribution, { position }) => {
    const { logits, logitGap, ids } = distribution;
    const line = (rank: number, sign: string): LedgerLine => ({
      label: html`${sign}${inspector.labels.chip(at(ids, rank))}`,
      value: at(logits, rank),
      links: { value: logitName(distribution, position, rank) },
    });
    if (ids.length < 2) return undefined;
    const result = { label: inspector.t('inspector.gap'), value: logitGap, result: true } as const;
    return ledger([line(0, ''), line(1, '− ')], [result], { digits });
  },
};

function logitName({ ids }: Distribution, position: number, rank: number): NumberName {
  return numberName('logits', [position, at(ids, rank)]);
}

type Term = Omit<LedgerLine, 'label'>;

/** A term for each of the likeliest tokens. */
function chances(
  { labels }: Inspector,
  { ids }: Distribution,
  term: (rank: number) => Term,
): readonly LedgerLine[] {
  return range(Math.min(shown, ids.length)).map((rank) => ({
    label: labels.chip(at(ids, rank)),
    ...term(rank),
  }));
}

interface Total {
  readonly terms: readonly LedgerLine[];
  readonly label: string;
  readonly value: number;
}

function total(
  inspector: Inspector,
  { vocabulary: count }: Pick<Distribution, 'vocabulary'>,
  { terms, label, value }: Total,
): TemplateResult {
  const lines = knownLines(inspector, terms, { total: value, count });
  return ledger(lines, [{ label, value, result: true }], { digits });
}

/** How surprising a token of the text was: from its chance before the token came. */
export function surprisal(inspector: Inspector, [index = '']: readonly string[]): Derivation {
  const { subject, numbers, labels } = inspector;
  const { run } = subject.value;
  const position = Number(index);
  const id = run.ids[position] ?? 0;
  const sampling = readSettings('T=1');
  const before = position - 1;
  const vocabulary = subject.value.model.config.vocabulary;
  const question = { position: before, sampling, step: 0, rows: vocabulary };
  const found = position > 0 ? numbers.ask('distribution', question) : undefined;
  const place = { step: 'append', token: position + run.dropped } as const;
  if (!found) return { content: undefined, place };
  const p = at(found.probabilities, found.ids.indexOf(id));
  const name = chanceName({ what: 'p', position: before, id, sampling });
  const line = {
    label: html`p ${labels.tokenChip(position)} (${percent(p)})`,
    value: p,
    links: { value: name },
  };
  const bits = { label: 'log₂ 1/p', value: at(run.surprisalBits, position), result: true } as const;
  return { content: html`${ledger([line], [bits], { digits: 6 })}`, place };
}
