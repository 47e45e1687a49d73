/** How the numbers of a tensor are spread: how many lie where, between the least and the largest. */
import { html, type TemplateResult } from 'lit';
import type { NumberBlock } from '../../src/protocol/runs';
import { at, norm } from '../picture/at';
import { fixed, powerOfTen, shapeText } from '../picture/numbers';
import { painted } from '../picture/painted';

const [bins, width, height] = [40, 240, 56];

/** How many of the numbers lie where, between the least and the largest. */
export function spread(name: string, { shape, values }: NumberBlock): TemplateResult {
  const finite = values.filter((x) => Number.isFinite(x));
  let [low, high] = [Infinity, -Infinity];
  for (const x of finite) [low, high] = [Math.min(low, x), Math.max(high, x)];
  const counts = new Float64Array(bins);
  const reach = high - low;
  for (const x of finite) {
    const bin = reach > 0 ? Math.min(bins - 1, Math.floor(((x - low) / reach) * bins)) : 0;
    counts[bin] = at(counts, bin) + 1;
  }
  const ends = finite.length === 0 ? '' : `${short(low)} … ${short(high)}`;
  const label = `${name} ${shapeText(...shape)}, ‖·‖ ${short(norm(finite))}, ${ends}`;
  return html`<figure class="spread" role="img" aria-label=${label}>
    <figcaption class="small">
      <b>${name}</b> <span class="dim num">${shapeText(...shape)} ‖·‖ ${short(norm(finite))}</span>
    </figcaption>
    <canvas
      aria-hidden="true"
      ${painted({
        width,
        height,
        inputs: [values],
        paint: (context, { colours }) => {
          const most = Math.max(...counts, 1);
          context.fillStyle = colours.r;
          counts.forEach((count, i) => {
            // A bin with a single number must not vanish.
            const tall = count === 0 ? 0 : Math.max(1, (count / most) * height);
            context.fillRect((i * width) / bins, height - tall, width / bins - 1, tall);
          });
        },
      })}
    ></canvas>
    <p class="num dim">${ends}</p>
  </figure>`;
}

export function short(x: number): string {
  if (x === 0) return '0';
  return Math.abs(x) < 0.01 || Math.abs(x) >= 1000 ? powerOfTen(x, 1) : fixed(x, 3);
}
