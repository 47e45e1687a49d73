/** The flame strip: the run, its steps, blocks and operations as wide as their time, with work and rates beside. */
import { html, nothing, svg, type TemplateResult } from 'lit';
import type { Timings } from '../../src/protocol/timings';
import { fixed, percent, unknown } from '../picture/numbers';
import { twin } from '../picture/table';
import type { Store } from '../store';
import type { Inspector } from '../view';
import { watch } from '../watch';
import { icon } from './icon';
import { allNodes, movedPath, nodeAt, timeTree, type TimeNode, type TimePath } from './timeTree';

/** Height of one level in pixels. */
const level = 20;

export function times(store: Store): TemplateResult {
  const { t, place } = store.inspector;
  const timings = store.numbers.ask('timings', {});
  const failure = store.numbers.failure.value;
  const move = (event: KeyboardEvent): void => {
    if (timings && !place.value.table) moveTo(store, treeOf(timings), event);
  };
  return html`<section
    class="times"
    tabindex="-1"
    aria-label=${t('times.title')}
    data-focus="times"
    @keydown=${move}
  >
    <header>
      <h2>${t('times.title')}</h2>
      <button
        class="quiet icon"
        aria-label=${t('times.close')}
        title=${`${t('times.close')} (F)`}
        @click=${() => {
          store.sheets.toggleTimes();
        }}
      >
        ${icon('close')}
      </button>
    </header>
    ${timings ? flame(store, timings) : html`<p class="dim">${failure ? store.failureText(failure) : t('times.loading')}</p>`}
  </section>`;
}

/** Arrows lead from part to part; each is said. */
function moveTo(
  { inspector, sheets: { timePath } }: Store,
  root: TimeNode,
  event: KeyboardEvent,
): void {
  const path = movedPath(root, timePath.value, event.key);
  if (path === undefined) return;
  event.preventDefault();
  event.stopPropagation();
  timePath.value = path;
  inspector.say(sentence(inspector, root, nodeAt(root, path)));
}

/** One tree for each answer, so that hovering builds nothing. */
const trees = new WeakMap<Timings, TimeNode>();

function treeOf(timings: Timings): TimeNode {
  let tree = trees.get(timings);
  if (tree === undefined) trees.set(timings, (tree = timeTree(timings)));
  return tree;
}

function flame(store: Store, timings: Timings): TemplateResult {
  const { inspector } = store;
  const { timePath } = store.sheets;
  const { t, place } = inspector;
  const root = treeOf(timings);
  const isShown = place.value.table;
  return html`${
      isShown
        ? nothing
        : html`<div
            class="flame"
            tabindex="0"
            role="application"
            data-focus="flame"
            aria-label=${watch(() => sentence(inspector, root, nodeAt(root, timePath.value)))}
          >
            <svg width="100%" height=${4 * level} aria-hidden="true">
              ${bars(store, root)} ${watch(() => frame(root, nodeAt(root, timePath.value)))}
            </svg>
          </div>`
    }
    <p class="reading">${watch(() => reading(inspector, root, nodeAt(root, timePath.value)))}</p>
    ${timings.measures === 'calls' ? html`<p class="dim small">${t('times.calls')}</p>` : nothing}
    ${table(inspector, root)}
    <p class="dim small">${t('times.counted')}</p>`;
}

function bars(store: Store, root: TimeNode): unknown[] {
  const drawn: unknown[] = [];
  const visit = (node: TimeNode, path: TimePath): void => {
    drawn.push(bar(store, root, { node, path }));
    node.children.forEach((child, index) => {
      visit(child, [...path, index]);
    });
  };
  visit(root, []);
  return drawn;
}

function bar(
  { inspector, sheets: { timePath }, size }: Store,
  root: TimeNode,
  { node, path }: { readonly node: TimeNode; readonly path: TimePath },
): unknown {
  const [from, share] = [node.startMs / root.ms, node.ms / root.ms];
  const label = nameOf(inspector, node);
  // The strip is as wide as the panel; the stage's width is a safe measure of it. A wide character takes two.
  const isLegible = share * size.value.width > 9 + 6.5 * widthOf(label);
  const role = node.step ?? node.kind;
  return svg`<g
    class=${`bar ${role} ${node.kind}`}
    @mousemove=${() => {
      timePath.value = path;
    }}
    @click=${() => {
      timePath.value = path;
    }}
  >
    <rect
      x=${`${100 * from}%`}
      y=${level * node.level}
      width=${`${100 * share}%`}
      height=${level - 1}
    ></rect>
    ${isLegible ? svg`<text x=${`${100 * from}%`} dx="5" y=${level * node.level + 14}>${label}</text>` : nothing}
  </g>`;
}

function frame(root: TimeNode, { startMs, ms, level: depth }: TimeNode): unknown {
  return svg`<rect
    class="chosen"
    x=${`${(100 * startMs) / root.ms}%`}
    y=${level * depth + 1}
    width=${`${(100 * ms) / root.ms}%`}
    height=${level - 3}
  ></rect>`;
}

function nameOf({ t }: Inspector, node: TimeNode): string {
  switch (node.kind) {
    case 'run':
      return t('times.whole');
    case 'between':
      return t('times.between');
    case 'step':
      return node.step === undefined ? unknown : t(`inspector.step.${node.step}`);
    case 'block':
      return node.block === undefined ? unknown : t('inspector.blockN', { n: node.block });
    case 'operation':
      return node.operation === undefined ? unknown : t(`times.operation.${node.operation}`);
  }
}

/** Step, block and operation, as far as the node has them. */
function pathName(inspector: Inspector, node: TimeNode): string {
  const { t } = inspector;
  const parts = [
    node.step === undefined ? '' : t(`inspector.step.${node.step}`),
    node.block === undefined ? '' : t('inspector.blockN', { n: node.block }),
    node.operation === undefined ? '' : t(`times.operation.${node.operation}`),
  ].filter((part) => part !== '');
  return parts.length > 0 ? parts.join(' · ') : nameOf(inspector, node);
}

function sentence(inspector: Inspector, root: TimeNode, node: TimeNode): string {
  return `${pathName(inspector, node)}: ${figures(root, node).join(', ')}`;
}

function reading(inspector: Inspector, root: TimeNode, node: TimeNode): TemplateResult {
  return html`<b>${pathName(inspector, node)}</b>
    ${figures(root, node).map((figure) => html`<span class="num">${figure}</span>`)}
    ${node.kind === 'between' ? html`<span class="dim">${inspector.t('times.betweenMeans')}</span>` : nothing}`;
}

/** Time, share, and where something was computed or moved, how much and how fast. */
function figures(root: TimeNode, node: TimeNode): string[] {
  const { ms, flops, bytes } = node;
  const shown = [`${fixed(ms, 3)} ms`, percent(ms / root.ms)];
  if (flops > 0) shown.push(`${scaled(flops)}FLOP`, rate(flops, ms, 'FLOP/s'));
  if (bytes > 0) shown.push(`${scaled(bytes)}B`, rate(bytes, ms, 'B/s'));
  return shown;
}

/** Per second; the clock may not have moved. */
function rate(amount: number, ms: number, unit: string): string {
  return ms > 0 ? `${scaled((1000 * amount) / ms)}${unit}` : `${unknown} ${unit}`;
}

/** With a metric prefix: `27.1 G`. */
function scaled(amount: number): string {
  const prefixes = ['', 'k', 'M', 'G', 'T', 'P'];
  const power = Math.min(prefixes.length - 1, Math.max(0, Math.floor(Math.log10(amount) / 3)));
  const value = amount / 1000 ** power;
  return `${fixed(value, value >= 100 || power === 0 ? 0 : 1)} ${prefixes[power] ?? ''}`;
}

function table(inspector: Inspector, root: TimeNode): TemplateResult {
  const { t, place } = inspector;
  return twin({
    caption: t('times.title'),
    columns: [
      ...[t('times.part'), t('times.ms'), t('times.share'), t('times.times')],
      ...['FLOP', 'FLOP/s', 'B', 'B/s'],
    ],
    rows: allNodes(root).map((node) => {
      const { ms, flops, bytes, calls } = node;
      return {
        heading: pathName(inspector, node),
        cells: [
          ...[fixed(ms, 3), percent(ms / root.ms), calls === 0 ? unknown : String(calls)],
          ...(flops > 0 ? [scaled(flops), rate(flops, ms, '')] : [unknown, unknown]),
          ...(bytes > 0 ? [scaled(bytes), rate(bytes, ms, '')] : [unknown, unknown]),
        ],
      };
    }),
    visibility: place.value.table ? 'shown' : 'hidden',
  });
}

/** From the radicals on, characters are as wide as two Latin ones. */
const firstWide = 0x2e80;

function widthOf(text: string): number {
  return Array.from(text).reduce((sum, character) => {
    return sum + ((character.codePointAt(0) ?? 0) >= firstWide ? 2 : 1);
  }, 0);
}
