/** The text's tokens and the vocabulary around them in two dimensions: PCA at once, UMAP when it is asked for. */
import { signal } from '@preact/signals-core';
import { html, nothing, type TemplateResult } from 'lit';
import { aboutPart } from '../parts';
import type { EmbeddingMap } from '../../src/protocol/runs';
import { mapPlaceName } from '../derivedNames';
import { pressed } from '../numberLinks';
import { at, range } from '../picture/at';
import { fixed, percent } from '../picture/numbers';
import { scatter, type ScatterView } from '../picture/scatter';
import { twin } from '../picture/table';
import { roving } from '../roving';
import type { Inspector } from '../view';
import { watch } from '../watch';

const points = 600;
/** Chance of UMAP; another seed gives another picture of the same neighbourhoods. */
const seed = 1;
const longestHiddenTable = 64;
type Method = 'pca' | 'umap';

/** The same question wherever the map is read: another one would be another map. */
export function mapQuestion(method: Method) {
  return { points, method, seed };
}

export function embedMap(inspector: Inspector): () => TemplateResult {
  const method = signal<Method>('pca');
  const view = signal<ScatterView>({ zoom: 1, x: 0, y: 0 });
  const pointed = signal<number | undefined>(undefined);
  const choose = (next: Method): void => {
    pointed.value = undefined;
    view.value = { zoom: 1, x: 0, y: 0 };
    method.value = next;
  };
  const cancel = (): void => {
    inspector.host.cancelRead({ read: 'embeddingMap' });
    choose('pca');
  };
  return () => {
    const { t, numbers } = inspector;
    const map = numbers.ask('embeddingMap', mapQuestion(method.value));
    return html`<section class="embed-map">
      <h2>${t('views.map.title')} ${aboutPart(inspector, 'embed.map')}</h2>
      <div class="edit-bar" role="group" aria-label=${t('views.map.title')} ${roving('move')}>
        ${methodButton('PCA', method.value === 'pca', () => {
          choose('pca');
        })}
        ${methodButton('UMAP', method.value === 'umap', () => {
          choose('umap');
        })}
        ${
          map === undefined
            ? html`<span role="status">${progressSays(inspector)}</span>
                <button class="quiet" data-focus="cancel-map" @click=${cancel}>
                  ${t('inspector.stopHere')}
                </button>`
            : nothing
        }
      </div>
      ${map ? picture(inspector, map, { view, pointed }) : nothing}
    </section>`;
  };
}

function methodButton(name: string, isOn: boolean, press: () => void): TemplateResult {
  return html`<button
    class="quiet"
    data-focus=${`map-${name}`}
    aria-pressed=${isOn ? 'true' : 'false'}
    @click=${press}
  >
    ${name}
  </button>`;
}

function progressSays({ progress, t }: Inspector): string {
  const now = progress.value;
  if (now?.read !== 'embeddingMap') return t('views.map.computing');
  const { done, total } = now.progress;
  return t('views.map.progress', { n: done, m: total });
}

interface MapState {
  readonly view: { value: ScatterView };
  readonly pointed: { value: number | undefined };
}

function picture(inspector: Inspector, map: EmbeddingMap, state: MapState): TemplateResult {
  const { t, labels, place, subject, size, set, say } = inspector;
  const chosen = subject.value.run.ids[place.value.position];
  const width = Math.min(size.value.width, 720);
  const describe = (index: number): string => {
    const [x, y] = [at(map.places, 2 * index), at(map.places, 2 * index + 1)];
    return `${labels.plainId(at(map.ids, index))} (${fixed(x, 2)}, ${fixed(y, 2)})`;
  };
  return html`<p
      class="dim small"
      data-kept=${map.kept ? String(map.kept[0] + map.kept[1]) : nothing}
    >
      ${meaning(inspector, map)}
    </p>
    ${
      place.value.table
        ? nothing
        : scatter({
            width,
            height: Math.max(260, Math.round(width * 0.6)),
            places: map.places,
            own: map.own,
            chosen: map.ids.indexOf(chosen ?? -1),
            label: (index) => labels.plainId(at(map.ids, index)),
            name: t('views.map.title'),
            help: t('views.map.help'),
            describe,
            view: state.view,
            pointed: state.pointed,
            say,
            onChoose: (index) => {
              const position = subject.value.run.ids.indexOf(at(map.ids, index));
              if (position >= 0) set({ token: position + subject.value.run.dropped });
            },
          })
    }
    ${watch(() => coordinates(inspector, map, state.pointed.value ?? map.ids.indexOf(chosen ?? -1)))}
    ${table(inspector, map)}`;
}

function meaning({ t }: Inspector, { kept, own, ids }: EmbeddingMap): string {
  const who = t('views.map.points', { n: own, m: ids.length - own });
  if (kept === undefined) return `${who} ${t('views.map.umap')} ${t('deriving.noFormula')}`;
  const [x, y] = kept;
  return `${who} ${t('views.map.pca', { p: percent(x + y), x: percent(x), y: percent(y) })}`;
}

const axes = ['x', 'y'] as const;

/** The coordinates of a point, which lead to what they are made of; those of UMAP have no formula of their own. */
function coordinates(
  { labels }: Inspector,
  map: EmbeddingMap,
  index: number,
): TemplateResult | typeof nothing {
  if (index < 0) return nothing;
  const id = at(map.ids, index);
  return html`<p class="small num map-place">
    ${labels.chip(id)}
    ${axes.map((axis, i) => {
      const text = fixed(at(map.places, 2 * index + i));
      return html`<span
        >${axis} ${pressed(text, map.axes && mapPlaceName(id, axis), 'stop')}</span
      >`;
    })}
  </p>`;
}

/** The text's own tokens for everybody; all points when the table is what is shown. */
function table({ t, labels, place }: Inspector, map: EmbeddingMap): TemplateResult {
  const isShown = place.value.table;
  const rows = isShown ? map.ids.length : Math.min(map.own, longestHiddenTable);
  return twin({
    caption: t('views.map.title'),
    columns: [`${t('inspector.id')}, ${t('inspector.token')}`, 'x', 'y'],
    rows: range(rows).map((index) => ({
      heading: `${String(at(map.ids, index))} ${labels.plainId(at(map.ids, index))}`,
      cells: axes.map((axis, i) => ({
        text: fixed(at(map.places, 2 * index + i)),
        number: map.axes && mapPlaceName(at(map.ids, index), axis),
      })),
    })),
    visibility: isShown ? 'shown' : 'hidden',
  });
}
