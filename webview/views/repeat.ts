/** Step 6: the same token's vector block by block, what each state would predict, and what each part wrote. */
import { signal } from '@preact/signals-core';
import { html, nothing, type TemplateResult } from 'lit';
import { aboutPart } from '../parts';
import type { Lens } from '../../src/protocol/runs';
import { lensName } from '../derivedNames';
import { pressed } from '../numberLinks';
import { elementName, numberName, type NumberName } from '../numberPlace';
import { at, range } from '../picture/at';
import { ledger } from '../picture/ledger';
import { grouped, shapeText } from '../picture/numbers';
import { probabilityList } from '../picture/probabilities';
import { probabilityScale } from '../picture/scale';
import { scaleBar } from '../picture/scaleBar';
import { explanation } from '../side';
import type { Inspector, View } from '../view';
import {
  layerName,
  lensFacts,
  lensGrid,
  lensTable,
  lensToken,
  visiblePositions,
  type LensCell,
} from './repeatLens';
import { watchChoice, type Watch } from './repeatWatch';
import { streamRows, type StreamRow } from './streamRows';
import { title } from './title';

/** How many tokens of each state are listed. */
const listed = 5;

export function repeat(inspector: Inspector): View {
  const { place, set, subject } = inspector;
  // The place counts blocks; the state before the first block has none, so it is remembered here until the block moves.
  const embedAt = signal<number | undefined>(undefined);
  const watched = signal<number | undefined>(undefined);
  const lensNow = (): Lens | undefined => {
    const id = watched.value;
    return inspector.numbers.ask('lens', { top: listed, ...(id !== undefined && { watch: id }) });
  };
  const locked = (): LensCell => {
    const { block, position } = place.value;
    const layer =
      embedAt.value === block ? 0 : Math.min(block + 1, subject.value.model.config.layers);
    return { layer, position };
  };
  const choose = ({ layer, position }: LensCell): void => {
    const block = Math.max(0, layer - 1);
    embedAt.value = layer === 0 ? block : undefined;
    set({ block, token: position + subject.value.run.dropped });
  };
  return {
    stage: () =>
      stage(inspector, locked(), {
        lens: lensNow(),
        choose,
        watch: {
          id: watched.value,
          choose: (id) => {
            watched.value = id;
          },
        },
      }),
    side: () => side(inspector, locked(), lensNow()),
    moves: {
      y: (by) => {
        const { layer, position } = locked();
        const to = layer + by;
        if (to >= 0 && to <= subject.value.model.config.layers) choose({ layer: to, position });
        return true;
      },
    },
  };
}

interface LensParts {
  readonly lens: Lens | undefined;
  readonly choose: (cell: LensCell) => void;
  readonly watch: Watch;
}

function stage(
  inspector: Inspector,
  here: LensCell,
  { lens, choose, watch }: LensParts,
): TemplateResult {
  const { t, labels, subject } = inspector;
  const rows = streamOf(inspector);
  const blocks = subject.value.model.config.layers;
  const streamName = html`<h2>
    ${t('inspector.stream')} ${labels.tokenChip(here.position)}
    ${aboutPart(inspector, 'repeat.stream')}
  </h2>`;
  return html`${title(inspector, 'repeat', html`${t('inspector.lens')}`)}
  ${
    lens
      ? html`<div class="scroll">${lensGrid(inspector, { lens, here, choose })}</div>
          <div class="legend">
            ${scaleBar(probabilityScale, t)}
            <p class="dim small">${t('inspector.unreliable')}${windowNote(inspector, here)}</p>
          </div>
          <h2>
            ${t('inspector.lens')} ${labels.tokenChip(here.position)}
            ${aboutPart(inspector, 'repeat.measures')}
          </h2>
          ${watchChoice(inspector, { lens, here, watch })}
          ${lensTable(inspector, { lens, here, choose, watched: watch.id })}`
      : nothing
  }
  ${
    rows
      ? html`${streamName}
        ${streamRows(inspector, {
          rows,
          ...(blocks > 0 ? { apart: 0 } : {}),
          caption: `${t('inspector.stream')} ${labels.plain(here.position)}`,
          scaleNames: [t('inspector.blocksAll', { n: blocks - 1 }), t('inspector.afterEmbed')],
        })}`
      : nothing
  }`;
}

/** Which positions are shown, where not all are. */
function windowNote(inspector: Inspector, { position }: LensCell): string {
  const { subject, t } = inspector;
  const shown = visiblePositions(inspector, position);
  const { length } = subject.value;
  if (shown.length === length) return '';
  const [from, to] = [at(shown, 0), at(shown, shown.length - 1)];
  return ` · ${t('inspector.positionsShown', { from, to, n: grouped(length) })}`;
}

/** The stream at the chosen position: the embedding, then for each block both writes and the state they lead to. */
function streamOf({ numbers, place, subject, t }: Inspector): readonly StreamRow[] | undefined {
  const { position } = place.value;
  const { layers, activation } = subject.value.model.config;
  const hasNetwork = activation !== 'none';
  const rows: StreamRow[] = [];
  const add = (name: string, row: Omit<StreamRow, 'vector'>): void => {
    const vector = numbers.activation(name, [position])?.values;
    if (vector) rows.push({ ...row, vector, name: numberName(name, [position]) });
  };
  const state = { role: 'r', kind: 'state' } as const;
  // A model without blocks has no `resid_pre`: its stream is the sum that the final norm reads, which is not recorded.
  if (layers === 0) return undefined;
  add('blocks.0.resid_pre', { label: t('inspector.afterEmbed'), ...state });
  for (const block of range(layers)) {
    add(`blocks.${block}.attn_out`, {
      label: `+ ${t('inspector.attnWrite')} ${block}`,
      role: 'a',
      kind: 'write',
    });
    if (hasNetwork)
      add(`blocks.${block}.mlp_out`, {
        label: `+ ${t('inspector.mlpWrite')} ${block}`,
        role: 'm',
        kind: 'write',
      });
    add(`blocks.${block}.resid_post`, {
      label: `= ${t('inspector.blockN', { n: block })}`,
      ...state,
    });
  }
  return rows.length === 1 + (hasNetwork ? 3 : 2) * layers ? rows : undefined;
}

function side(inspector: Inspector, here: LensCell, lens: Lens | undefined): TemplateResult {
  const { pointed, subject, place } = inspector;
  const { layer, token } = pointed.value ?? {};
  const cell = layer === undefined ? here : { layer, position: token ?? here.position };
  const shape = shapeText(subject.value.length, subject.value.model.config.width);
  return explanation(inspector, {
    step: 'repeat',
    formulas: place.value.depth === 'mathematics' ? ['repeat', 'lens'] : ['repeat'],
    shapes: [shape, shape],
    operands: lens
      ? html`${lensOperands(inspector, lens, cell)} ${channelOperands(inspector, here)}`
      : undefined,
  });
}

function lensOperands(inspector: Inspector, lens: Lens, cell: LensCell): TemplateResult {
  const { t, labels } = inspector;
  const [states, positions, top] = lens.shape;
  const index = cell.layer * positions + cell.position;
  const final = lensToken(lens, { layer: states - 1, position: cell.position });
  const rows = range(top).map((rank) => {
    const { id, probability } = lensToken(lens, cell, rank);
    const number = lensName(cell.layer, cell.position, id);
    return { label: labels.chip(id), probability, chosen: id === final.id, number };
  });
  return html`<p class="what">
      ${labels.tokenChip(cell.position)}
      <span class="dim"
        >${cell.layer === 0 ? layerName(inspector, 0) : t('inspector.afterBlock', { n: cell.layer - 1 })}</span
      >
    </p>
    ${probabilityList(rows)}
    <dl class="facts">
      <dt>${t('inspector.final')}: ${labels.chip(final.id)}</dt>
      <dd class="num">
        ${t('inspector.rank')}
        ${pressed(grouped(at(lens.finalRank, index)), lensName(cell.layer, cell.position, final.id), 'stop')}
      </dd>
      ${lensFacts(inspector, lens, cell)}
    </dl>`;
}

/** One channel through all blocks: where it started, what was added, where it ended. */
function channelOperands(
  inspector: Inspector,
  { position }: LensCell,
): TemplateResult | typeof nothing {
  const { pointed, place, t, subject } = inspector;
  const { layers, normPlace } = subject.value.model.config;
  const rows = streamOf(inspector);
  // With the norm after the sum a state is not the sum of what was written.
  if (!rows || normPlace === 'post') return nothing;
  const channel = pointed.value?.channel ?? place.value.channel;
  const last = rows[rows.length - 1];
  if (!last) return nothing;
  const open = (name: NumberName | undefined): NumberName | undefined =>
    name && elementName(name, channel);
  const lines = rows.filter((row, i) => i === 0 || row.kind === 'write');
  return html`<h2>${t('inspector.dimension')} ${channel}</h2>
    ${ledger(
      lines.map(({ label, vector, name }) => ({
        label,
        value: at(vector, channel),
        links: { value: open(name) },
      })),
      [
        {
          label: html`<code>blocks.${layers - 1}.resid_post[${position}, ${channel}]</code>`,
          value: at(last.vector, channel),
          result: true,
          link: open(last.name),
        },
      ],
    )}`;
}
