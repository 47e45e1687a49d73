/** One merge after another: the pair, how often it stood there, the sample after it, and the counts of all. */
import { signal } from '@preact/signals-core';
import { html, nothing, type TemplateResult } from 'lit';
import { Labels } from '../../labels';
import { grouped } from '../../picture/numbers';
import { twin } from '../../picture/table';
import { watch } from '../../watch';
import { chart } from '../chart';
import { pressButton, slider } from '../fields';
import type { Lab } from '../lab';
import type { MergePlayer } from './mergePlayer';

export function mergesPicture(lab: Lab, player: MergePlayer): TemplateResult {
  const { t } = lab;
  const { last } = player;
  const cursor = signal<number | undefined>(undefined);
  const merges = Array.from({ length: last }, (_, n) => n + 1);
  return html`<section class="merges">
    <h2>${t('lab.merges.title')}</h2>
    ${watch(() => controls(lab, player))}
    ${watch(() => html`${what(lab, player)} ${sample(lab, player)}`)}
    ${chart(lab, {
      name: 'merges',
      title: t('lab.merges.counts'),
      unit: t('lab.merges.countsUnit'),
      xName: t('lab.merges.merge'),
      xs: merges,
      lines: [{ name: t('lab.merges.count'), values: player.lesson.count, colour: 'a' }],
      scale: 'log',
      write: (count) => grouped(count),
      cursor,
    })}
    ${watch(() => neighbours(lab, player))}
  </section>`;
}

function controls({ t }: Lab, player: MergePlayer): TemplateResult {
  const at = player.at.value;
  return html`<div class="form">
    ${pressButton({
      label: t('lab.merges.back'),
      disabled: at === 0,
      focus: 'merge-back',
      press: () => {
        player.go(at - 1);
      },
    })}
    ${pressButton({
      label: t('lab.merges.on'),
      disabled: at === player.last,
      focus: 'merge-on',
      press: () => {
        player.go(at + 1);
      },
    })}
    ${slider({
      label: t('lab.merges.merge'),
      value: at,
      last: player.last,
      says: `${grouped(at)} / ${grouped(player.last)}`,
      take: (to) => {
        player.go(to);
      },
    })}
  </div>`;
}

/** The pair that the last merge joined. */
function what({ t }: Lab, player: MergePlayer): TemplateResult {
  const n = player.at.value - 1;
  const { left, right, merged, count } = player.lesson;
  if (n < 0) return html`<p class="dim">${t('lab.merges.none')}</p>`;
  const labels = labelsOf(player);
  const chip = (ids: Int32Array): TemplateResult => labels.chip(ids[n] ?? 0);
  return html`<p class="pair">
    ${chip(left)} + ${chip(right)} → ${chip(merged)}
    <span class="num dim">${t('inspector.id')} ${merged[n]}</span>
    <span>${t('lab.merges.stood', { n: grouped(count[n] ?? 0) })}</span>
  </p>`;
}

function sample({ t }: Lab, player: MergePlayer): TemplateResult {
  const { ids, fresh } = player.sampleAfter(player.at.value);
  const labels = labelsOf(player);
  return html`<h2>
      ${t('lab.merges.sample')} <small>${t('lab.tokensN', { n: grouped(ids.length) })}</small>
    </h2>
    <p class="sample-now">
      ${ids.map((id, index) =>
        fresh.has(index) ? html`<b class="fresh">${labels.chip(id)}</b>` : labels.chip(id),
      )}
    </p>`;
}

/** The merges around this one as a table, which is also what a screen reader has of the chart. */
function neighbours(lab: Lab, player: MergePlayer): TemplateResult | typeof nothing {
  const { t } = lab;
  const { left, right, merged, count } = player.lesson;
  const labels = labelsOf(player);
  const from = Math.max(0, Math.min(player.at.value - 5, player.last - 10));
  const rows = Array.from({ length: Math.min(10, player.last) }, (_, k) => from + k);
  if (rows.length === 0) return nothing;
  return twin({
    caption: t('lab.merges.around'),
    columns: [
      t('lab.merges.merge'),
      t('lab.merges.pair'),
      t('inspector.token'),
      t('lab.merges.count'),
    ],
    rows: rows.map((n) => ({
      heading: grouped(n + 1),
      cells: [
        html`${labels.chip(left[n] ?? 0)} ${labels.chip(right[n] ?? 0)}`,
        labels.chip(merged[n] ?? 0),
        grouped(count[n] ?? 0),
      ],
    })),
    visibility: 'shown',
  });
}

function labelsOf({ vocabulary }: MergePlayer): Labels {
  return new Labels(signal(undefined), signal(vocabulary));
}
