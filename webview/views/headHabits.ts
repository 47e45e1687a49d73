/** What a head mostly does on this text, in a word and in a sentence, always with the measure behind it. */
import { html, type TemplateResult } from 'lit';
import type { HeadStatistics } from '../../src/protocol/runs';
import { habitName } from '../derivedNames';
import { pressed } from '../numberLinks';
import { at } from '../picture/at';
import { fixed } from '../picture/numbers';
import type { Inspector } from '../view';
import { maskedIn, type Masked } from './maskNumbers';

export const habitKinds = ['previous', 'first', 'itself', 'same', 'induction'] as const;

type HabitKind = (typeof habitKinds)[number];

export interface Habit {
  readonly kind: HabitKind;
  /** The mean weight that is put there. */
  readonly weight: number;
}

/** Under this share of the weight no single habit describes a head. */
const leastOfHabit = 0.3;

/** A head by its place in the model. */
interface HeadAt {
  readonly block: number;
  readonly head: number;
}

/** The strongest of what was measured of a head. */
export function habitOf(inspector: Inspector, { block, head }: HeadAt): Habit | undefined {
  const statistics = inspector.numbers.ask('headStatistics', { block });
  return statistics && strongestOf(statistics, head);
}

function strongestOf(statistics: HeadStatistics, head: number): Habit | undefined {
  return habitKinds
    .map((kind) => ({ kind, weight: at(statistics[kind], head) }))
    .filter(({ weight }) => !Number.isNaN(weight))
    .reduce<Habit | undefined>(
      (best, each) => (best === undefined || each.weight > best.weight ? each : best),
      undefined,
    );
}

/** The name of a habit with its measure, and how spread out the head's weights are. */
export function habitSays({ numbers, t }: Inspector, { block, head }: HeadAt): string | undefined {
  const statistics = numbers.ask('headStatistics', { block });
  const habit = statistics && strongestOf(statistics, head);
  if (!habit) return undefined;
  const bits = at(statistics.entropyBits, head);
  const name = t(`inspector.habit.${habit.kind}`);
  return `${name} ${fixed(habit.weight, 2)}, ${t('inspector.entropy')} ${fixed(bits, 2)} ${t('inspector.bits')}`;
}

/** What the open head does, in sentences. */
export function headDescription(inspector: Inspector): string | undefined {
  const { numbers, place, t } = inspector;
  const { block, head } = place.value;
  const statistics = numbers.ask('headStatistics', { block });
  const habit = statistics && strongestOf(statistics, head);
  if (!habit) return undefined;
  const bits = at(statistics.entropyBits, head);
  const w = fixed(habit.weight, 2);
  const does =
    habit.weight >= leastOfHabit
      ? t(`attention.does.${habit.kind}`, { w })
      : t('attention.does.nothing', { habit: t(`inspector.habit.${habit.kind}`), w });
  const spread = t('attention.spread', {
    n: fixed(2 ** bits, 1),
    bits: fixed(bits, 2),
    most: fixed(mostBits(inspector), 2),
  });
  return `${does} ${spread}`;
}

/** All that was measured of the head of the place, each number leading to the weights behind it. */
export function headMeasures(inspector: Inspector): TemplateResult | undefined {
  const { numbers, place, t } = inspector;
  const { block, head } = place.value;
  const statistics = numbers.ask('headStatistics', { block });
  if (!statistics) return undefined;
  const row = (kind: HabitKind | 'entropy', name: string, value: number) =>
    html`<dt>${name}</dt>
      <dd class="num" data-habit=${kind}>
        ${pressed(fixed(value, 2), Number.isNaN(value) ? undefined : habitName(kind, block, head), 'stop')}
      </dd>`;
  return html`<p class="miniaxes">${t('inspector.headMeasure')}</p>
    <dl class="measures">
      ${habitKinds.map((kind) => row(kind, t(`inspector.habit.${kind}`), at(statistics[kind], head)))}
      ${row('entropy', `${t('inspector.entropy')} (${t('inspector.bits')})`, at(statistics.entropyBits, head))}
    </dl>`;
}

const mostOfMask = new WeakMap<Masked, Map<number, number>>();

/** The mean entropy of rows that weigh all they see alike, in bits; counted once for a mask and a length. */
function mostBits(inspector: Inspector): number {
  const masked = maskedIn(inspector);
  const { length } = inspector.subject.value;
  const known = mostOfMask.get(masked) ?? new Map<number, number>();
  mostOfMask.set(masked, known);
  const most = known.get(length) ?? meanBits(masked, length);
  known.set(length, most);
  return most;
}

function meanBits(masked: Masked, length: number): number {
  let sum = 0;
  for (let query = 1; query < length; query++) {
    let seen = 0;
    for (let key = 0; key < length; key++) if (!masked(query, key)) seen++;
    sum += Math.log2(seen);
  }
  return sum / (length - 1);
}
