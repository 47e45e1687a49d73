/** Where the chosen token's norm lies among those of all rows of the embedding table. */
import { html, nothing, type TemplateResult } from 'lit';
import { styleMap } from '../picture/styleMap';
import { normName } from '../derivedNames';
import { pressed } from '../numberLinks';
import { numberName, type NumberName } from '../numberPlace';
import { at, norm } from '../picture/at';
import { fixed, grouped } from '../picture/numbers';
import { painted } from '../picture/painted';
import type { Inspector } from '../view';
import { weightName } from '../weightName';

/** The whole table is pulled only when it is small: 4 MB. */
const largestTable = 2 ** 20;
const bins = 28;
const height = 62;

export function normHistogram(inspector: Inspector): TemplateResult | typeof nothing {
  const { subject, place, numbers, size, t, language } = inspector;
  const { vocabulary, width } = subject.value.model.config;
  if (vocabulary * width > largestTable) return nothing;
  const table = numbers.weight(weightName(subject.value.model, 'wte.weight') ?? 'wte.weight');
  const own = numbers.activation('embed', [place.value.position]);
  if (!table || !own) return nothing;
  const norms = rowNorms(table.values, width);
  const { counts, low, high } = histogram(norms);
  const mine = norm(own.values);
  const room = Math.min(
    280,
    size.value.width < 480 ? size.value.width : (size.value.width - 32) / 2,
  );
  const label = `${t('inspector.norm')} ${fixed(mine, 2)}; ${fixed(low, 2)} – ${fixed(high, 2)}`;
  return html`<section>
    <h2>${t('inspector.normHist', { V: grouped(vocabulary, language) })}</h2>
    <figure class="hist">
      <canvas
        role="img"
        aria-label=${label}
        ${painted({
          width: room,
          height,
          inputs: [table.values, mine],
          paint: (context, { colours }) => {
            const step = room / bins;
            const most = Math.max(...counts);
            context.fillStyle = colours.hatch;
            counts.forEach((count, i) => {
              // A bin with a single row must not vanish.
              const tall = count === 0 ? 0 : Math.max(1, (count / most) * (height - 10));
              context.fillRect(i * step, height - tall, step - 1, tall);
            });
            context.fillStyle = colours.strong;
            const place = high > low ? ((mine - low) / (high - low)) * room : 0;
            context.fillRect(Math.min(room - 1.5, Math.max(0, place - 0.75)), 0, 1.5, height);
          },
        })}
      ></canvas>
      <div class="ends" style=${styleMap({ width: `${String(room)}px` })}>
        <span class="num">${pressed(fixed(low, 2), rowName(norms.indexOf(low)), 'stop')}</span>
        <b class="num"
          >‖${t('inspector.tokenVector')}‖
          ${pressed(fixed(mine, 2), normName(numberName('embed', [place.value.position])), 'stop')}</b
        >
        <span class="num">${pressed(fixed(high, 2), rowName(norms.indexOf(high)), 'stop')}</span>
      </div>
    </figure>
  </section>`;
}

/** The norm of a row of the table. */
function rowName(id: number): NumberName {
  return normName(numberName('wte.weight', [id]));
}

const known = new WeakMap<Float32Array, Float64Array>();

/** Norm of each row; computed once for a table. */
function rowNorms(values: Float32Array, width: number): Float64Array {
  const before = known.get(values);
  if (before) return before;
  const norms = Float64Array.from({ length: values.length / width }, (_, row) =>
    norm(values.subarray(row * width, (row + 1) * width)),
  );
  known.set(values, norms);
  return norms;
}

function histogram(norms: Float64Array): { counts: number[]; low: number; high: number } {
  let low = Infinity;
  let high = -Infinity;
  for (const each of norms) {
    low = Math.min(low, each);
    high = Math.max(high, each);
  }
  const counts = new Array<number>(bins).fill(0);
  for (const each of norms) {
    const bin = Math.min(bins - 1, Math.floor(((each - low) / (high - low || 1)) * bins));
    counts[bin] = at(counts, bin) + 1;
  }
  return { counts, low, high };
}
