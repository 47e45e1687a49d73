/** Step 8: the token enters the text, what the cache kept, why generation stopped, and the line so far. */
import { html, nothing, type TemplateResult } from 'lit';
import { aboutPart } from '../parts';
import type { GeneratedToken } from '../../src/protocol/engineApi';
import { chain } from '../chain';
import { spelled } from '../labels';
import { madeName } from '../derivedNames';
import { pressed } from '../numberLinks';
import { fixed } from '../picture/numbers';
import { probabilityList } from '../picture/probabilities';
import { explanation } from '../side';
import type { Inspector, View } from '../view';
import { branchList, reasonKeys } from './appendBranches';
import { cachePicture } from './appendCache';
import { appendDraw } from './appendDraw';
import { lineTable } from './appendLine';
import { intervalDigits } from './predictBar';
import { title } from './title';

export function append(inspector: Inspector): View {
  return {
    stage: () => stage(inspector),
    side: () => side(inspector),
    moves: {
      x: (by) => {
        if (by > 0) stepOn(inspector);
        else stepBack(inspector);
        return true;
      },
    },
  };
}

function stage(inspector: Inspector): TemplateResult {
  const { t } = inspector;
  const token = current(inspector);
  return html`${title(inspector, 'append', settings(inspector))} ${soFar(inspector)}
  ${buttons(inspector)}
  ${
    token
      ? html`${appendDraw(inspector, token)} ${cachePicture(inspector, token.cache)}
          ${stopLine(inspector)}
          <h2>${t('inspector.generatedLine')} ${aboutPart(inspector, 'append.text')}</h2>
          ${lineTable(inspector)}`
      : html`<p class="dim">${t('inspector.nothingGenerated')}</p>`
  }
  ${branchList(inspector)}`;
}

/** The token before the cursor: the last one that is in the text. */
function current({ state }: Inspector): GeneratedToken | undefined {
  const { tokens, cursor } = state.value.generation;
  return tokens[cursor - 1];
}

function settings({ t, state }: Inspector): TemplateResult {
  const { temperature, topK, topP, seed } = state.value.sampling;
  if (temperature === 0) return html`${t('inspector.greedy')}`;
  const parts = [
    t('inspector.seed', { s: seed }),
    `${t('inspector.temperature')} ${fixed(temperature, 2)}`,
  ];
  if (topK > 0) parts.push(`${t('inspector.topK')} ${topK}`);
  if (topP < 1) parts.push(`${t('inspector.topP')} ${fixed(topP, 2)}`);
  return html`${parts.join(' · ')}`;
}

/** The text that went in, and what has joined it. */
function soFar({ state, labels, t }: Inspector): TemplateResult {
  const { text, tokens, generation } = state.value;
  const { promptLength, cursor } = generation;
  // Where the first generated token begins; with none of them that is the end.
  const end = cursor === 0 ? text.length : (tokens?.starts[promptLength] ?? text.length);
  const chips = chain(
    labels,
    generation.tokens.slice(0, cursor).map(({ id }) => id),
  );
  return html`<div class="so-far" tabindex="0" role="region" aria-label=${t('inspector.wholeText')}>
    <code
      >${spelled(text.slice(0, end))}${chips.map(
        (chip, i) =>
          html`<wbr /><span class=${i === cursor - 1 ? 'made latest' : 'made'}>${chip}</span>`,
      )}</code
    >
  </div>`;
}

function buttons(inspector: Inspector): TemplateResult {
  const { t, state } = inspector;
  const { cursor, running } = state.value.generation;
  return html`<div class="step-buttons">
    <vscode-button
      appearance="secondary"
      ?disabled=${running || cursor === 0}
      @click=${() => {
        stepBack(inspector);
      }}
      >${t('inspector.stepBack')}</vscode-button
    >
    <vscode-button
      ?disabled=${running || isOver(inspector)}
      @click=${() => {
        stepOn(inspector);
      }}
      >${t('inspector.stepOn')}</vscode-button
    >
  </div>`;
}

/** To the next token of the line where there is one, else a new one. */
function stepOn(inspector: Inspector): void {
  const { host, state } = inspector;
  const { tokens, cursor, running } = state.value.generation;
  if (running || isOver(inspector)) return;
  if (cursor < tokens.length) host.goBy({ by: 1 });
  else host.generate({ count: 1 });
}

function stepBack({ host, state }: Inspector): void {
  const { cursor, running } = state.value.generation;
  if (!running && cursor > 0) host.goBy({ by: -1 });
}

function isOver({ state }: Inspector): boolean {
  const { tokens, cursor, stopped } = state.value.generation;
  return cursor >= tokens.length && stopped !== undefined;
}

function stopLine(inspector: Inspector): TemplateResult | typeof nothing {
  const { t, state } = inspector;
  const { stopped } = state.value.generation;
  if (stopped === undefined || !isOver(inspector)) return nothing;
  return html`<p class="stop-line">
    <b>${t('inspector.stopped')}</b> ${t(reasonKeys[stopped], { n: state.value.stop.maxTokens })}
  </p>`;
}

function side(inspector: Inspector): TemplateResult {
  const { state } = inspector;
  const token = current(inspector);
  const { promptLength, cursor } = state.value.generation;
  const tokens = promptLength + cursor;
  return explanation(inspector, {
    step: 'append',
    formulas: ['append'],
    shapes: token ? [`[${tokens - 1}]`, `[${tokens}]`] : ['', ''],
    operands: token && operands(inspector, token, cursor - 1),
  });
}

/** `made` is the token's index in the generated line. */
function operands(
  { t, labels, state }: Inspector,
  token: GeneratedToken,
  made: number,
): TemplateResult {
  const index = state.value.generation.promptLength + made;
  const link = madeName(made);
  const { draw, interval } = token;
  const rows = token.top.map(({ id, probability }) => ({
    label: labels.chip(id),
    probability,
    chosen: id === token.id,
  }));
  return html`<p class="what">
      ${labels.chip(token.id)} <span class="dim">${t('inspector.token')} ${index}</span>
    </p>
    <p class="dim small">${t('inspector.beforeCut')}</p>
    ${probabilityList(rows)}
    <dl class="facts">
      <dt>${t('inspector.probability')}</dt>
      <dd class="num">${pressed(fixed(token.probability, 4), link, 'stop')}</dd>
      <dt>${t('inspector.rank')}</dt>
      <dd class="num">${pressed(String(token.rank), link, 'stop')}</dd>
      ${
        draw === undefined
          ? nothing
          : html`<dt>u</dt>
              <dd class="num">${fixed(draw, 4)}</dd>`
      }
      ${
        interval === undefined
          ? nothing
          : html`<dt>${t('inspector.interval')}</dt>
              <dd class="num">
                ${interval.map((end) => fixed(end, intervalDigits(interval))).join(' – ')}
              </dd>`
      }
      <dt>${t('inspector.entropy')}</dt>
      <dd class="num">
        ${pressed(fixed(token.entropyBits, 2), link, 'stop')} ${t('inspector.bits')}
      </dd>
      <dt>${t('inspector.logit')}</dt>
      <dd class="num">${pressed(fixed(token.logit), link, 'stop')}</dd>
      <dt>${t('inspector.measured')} (${token.device})</dt>
      <dd class="num">${fixed(token.ms, 1)} ms</dd>
    </dl>`;
}
