/**
 * Maps of the heads for small pictures. Those of a short text are pulled whole, and are there when a head is opened; of a
 * long one the engine sends what the pictures can show, a block at a time.
 */
import { signal } from '@preact/signals-core';
import { html, nothing, type TemplateResult } from 'lit';
import type { AttentionMapOf, NumberBlock } from '../../src/protocol/runs';
import { part, range } from '../picture/at';
import type { MapSource } from '../picture/bins';
import type { Inspector } from '../view';
import { mapOf } from './attentionMeasure';
import { maskedIn, maskedPlaces } from './maskNumbers';

/** Up to this many numbers (2 MB) the maps of all heads are pulled whole. */
const mostNumbers = 2 ** 19;

export type Thumbnail = MapSource & { readonly values: Float32Array };

/** Whether the text is short enough that all maps are pulled whole. */
export function arePulledWhole({ subject }: Inspector): boolean {
  const { length, model } = subject.value;
  const { layers, heads } = model.config;
  return layers * heads * length * length <= mostNumbers;
}

/** A map for a picture of so many CSS pixels; undefined until it is there. */
export function thumbnailOf(
  inspector: Inspector,
  map: AttentionMapOf,
  pixels: number,
): Thumbnail | undefined {
  const { length } = inspector.subject.value;
  if (arePulledWhole(inspector)) {
    const found = mapOf(inspector, map);
    const shape = { rows: length, columns: length, masked: maskedIn(inspector) };
    return found && { values: found.values, ...shape };
  }
  const { kind, block, head } = map;
  const maps = smallMaps(inspector, { kind, ...(block !== undefined && { block }) }, pixels);
  if (maps === undefined) return undefined;
  const [count = 1, side = 1] = maps.shape;
  const masked = maskedPlaces(inspector, side);
  return { values: mapIn(maps, head ?? count - 1), rows: side, columns: side, masked };
}

/** The maps of a block, as many places as its pictures have pixels at most; a few sizes serve all. */
function smallMaps(
  { numbers }: Inspector,
  of: Pick<AttentionMapOf, 'kind' | 'block'>,
  pixels: number,
): NumberBlock | undefined {
  return numbers.ask('smallMaps', { ...of, places: pixels <= 64 ? 64 : 128 });
}

/** The same view of the same numbers each time, so that nothing is painted anew. */
function mapIn(block: NumberBlock, index: number): Float32Array {
  let views = viewsOf.get(block);
  if (!views) viewsOf.set(block, (views = new Map<number, Float32Array>()));
  let view = views.get(index);
  if (!view) views.set(index, (view = part(block, index)));
  return view;
}

const viewsOf = new WeakMap<NumberBlock, Map<number, Float32Array>>();

/** What of the gallery is there, and the way to end and to go on with what is not. */
export interface GalleryReads {
  /** How many rows of the gallery may be read: block by block, then all blocks together. */
  readonly rows: number;
  /** Of how many blocks the heads may be described: what is described was drawn before, so that no map waits for it. */
  readonly described: number;
  readonly status: TemplateResult | typeof nothing;
}

export type GalleryReader = (pixels: number) => GalleryReads;

/** Reads the rows of the gallery one after the other, so that the first is seen at once and the rest can be given up. */
export function galleryReader(inspector: Inspector): GalleryReader {
  /** The reading that was ended, and how many rows it had come to. */
  const ended = signal<{ readonly of: string; readonly rows: number } | undefined>(undefined);
  return (pixels) => {
    const { place, subject } = inspector;
    const { layers } = subject.value.model.config;
    if (arePulledWhole(inspector)) return { rows: layers + 1, described: layers, status: nothing };
    const { measure: kind } = place.value;
    const of = [subject.value.run.run, kind].join();
    const most = ended.value?.of === of ? ended.value.rows : layers + 1;
    const isThere = (row: number) =>
      smallMaps(inspector, row < layers ? { kind, block: row } : { kind }, pixels) !== undefined;
    const missing = range(most).findIndex((row) => !isThere(row));
    const rows = missing < 0 ? most : missing;
    const end = () => {
      ended.value = { of, rows };
      inspector.host.cancelRead({ read: 'smallMaps' });
    };
    const goOn = () => {
      ended.value = undefined;
    };
    const isDone = rows > layers;
    return {
      // The row that is on its way is asked for with those that are there.
      rows: Math.min(most, rows + 1),
      described: rows,
      status: isDone ? nothing : progress(inspector, { rows, isEnded: missing < 0, end, goOn }),
    };
  };
}

interface Reading {
  readonly rows: number;
  readonly isEnded: boolean;
  readonly end: () => void;
  readonly goOn: () => void;
}

function progress(
  { subject, t }: Inspector,
  { rows, isEnded, end, goOn }: Reading,
): TemplateResult {
  const m = subject.value.model.config.layers;
  return html`<p class="map-reading" role="status">
    ${t('attention.maps', { n: rows, m })}
    <button class="quiet" data-focus="gallery-reads" @click=${isEnded ? goOn : end}>
      ${isEnded ? t('attention.maps.goOn') : t('inspector.stopHere')}
    </button>
  </p>`;
}
