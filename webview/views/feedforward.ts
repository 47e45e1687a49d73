/** Step 5: each position alone goes through the neurons of a block, and those that fire write into its stream. */
import { html, nothing, type TemplateResult } from 'lit';
import { aboutPart } from '../parts';
import { numberName } from '../numberPlace';
import { largestMagnitude, strongest } from '../picture/at';
import { grouped, shapeText } from '../picture/numbers';
import { signedScaleTo } from '../picture/scale';
import { scaleBar } from '../picture/scaleBar';
import { explanation } from '../side';
import type { Inspector, Moves, ViewMaker } from '../view';
import { activationFunction } from './activationFunctions';
import {
  firing,
  moveNeuron,
  neuronCurve,
  neuronGrid,
  neuronTable,
  type Neurons,
} from './feedforwardNeurons';
import { firesAt } from './feedforwardFiring';
import { neuronOperands } from './feedforwardOperands';
import { strongestTable } from './feedforwardTable';
import { streamRows } from './streamRows';
import { title } from './title';

/** How many neurons the table lists, and how many tokens each of them names. */
const listed = 6;
const named = 3;

export const feedforward: ViewMaker = (inspector) => ({
  stage: () => stage(inspector),
  side: () => side(inspector),
  resting: () => {
    const neurons = hasNeurons(inspector) ? neuronsOf(inspector) : undefined;
    return neurons && { neuron: neurons.chosen() };
  },
  moves: moves(inspector),
});

function stage(inspector: Inspector): TemplateResult {
  const { t, place, labels, language } = inspector;
  const { block, position } = place.value;
  if (!hasNeurons(inspector))
    return html`${title(inspector, 'feedforward')}
      <p>${t('inspector.noFeedforward')}</p>`;
  const neurons = neuronsOf(inspector);
  const about = html`${labels.tokenChip(position)} ${t('inspector.blockN', { n: block })}
  ${neurons ? ` · ${t('inspector.firing', { n: firing(neurons.post), F: grouped(neurons.post.length, language) })}` : nothing}`;
  return html`${title(inspector, 'feedforward', about)}
  ${neurons ? html`${pictures(inspector, neurons)}${list(inspector, neurons)}` : nothing}
  ${writes(inspector)} ${neurons ? neuronTable(inspector, neurons) : nothing}`;
}

function pictures(inspector: Inspector, neurons: Neurons): TemplateResult {
  const { t, place, size, subject, language } = inspector;
  const { width } = size.value;
  const narrow = width < 560;
  const gridWidth = narrow ? width : Math.min(Math.floor(width * 0.44), 352);
  const curveSize = [
    narrow ? width : width - gridWidth - 28,
    narrow ? 180 : gridWidth + 26,
  ] as const;
  // To the very end: the few strongest neurons are what the picture is for.
  const before = signedScaleTo(largestMagnitude(neurons.pre));
  const after = signedScaleTo(largestMagnitude(neurons.post));
  const { config } = subject.value.model;
  const name = activationFunction(config.activation)?.name ?? 'SiLU';
  const facts = { F: grouped(config.hidden, language), b: place.value.block, f: name };
  return html`<div class="neuron-pictures">
      <section>
        <h2>${t('inspector.neuronsBefore', facts)} ${aboutPart(inspector, 'feedforward.read')}</h2>
        ${neuronGrid(inspector, neurons, { values: neurons.pre, name: 'pre', scale: before, width: gridWidth })}
        <h2>${t('inspector.neurons', facts)}</h2>
        ${neuronGrid(inspector, neurons, { values: neurons.post, name: 'post', scale: after, width: gridWidth })}
      </section>
      <section>
        <h2>
          ${t('inspector.curve')} <small class="dim">${name}</small>
          ${aboutPart(inspector, 'feedforward.curve')}
        </h2>
        ${neuronCurve(inspector, neurons, curveSize)}
      </section>
    </div>
    <div class="legend">${scaleBar(before, t, 'pre')} ${scaleBar(after, t, 'post')}</div>`;
}

function list(inspector: Inspector, neurons: Neurons): TemplateResult | typeof nothing {
  const { t, numbers, place } = inspector;
  const { block, position } = place.value;
  const strong = numbers.ask('neurons', { block, position, neurons: listed, top: named });
  if (!strong) return nothing;
  return html`<h2>${t('inspector.strongest')} ${aboutPart(inspector, 'feedforward.neurons')}</h2>
    ${strongestTable(inspector, { neurons, strongest: strong })}`;
}

/** What enters and what leaves: the stream before, the write, the stream after. */
function writes(inspector: Inspector): TemplateResult | typeof nothing {
  const { t, numbers, place } = inspector;
  const { block, position } = place.value;
  const read = (name: string) => numbers.activation(`blocks.${block}.${name}`, [position])?.values;
  const [before, write, after] = [read('resid_mid'), read('mlp_out'), read('resid_post')];
  if (!before || !write || !after) return nothing;
  const caption = t('inspector.writesToStream');
  const name = (part: string) => numberName(`blocks.${block}.${part}`, [position]);
  return html`<h2>${caption} ${aboutPart(inspector, 'feedforward.write')}</h2>
    ${streamRows(inspector, {
      caption,
      rows: [
        { label: 'resid_mid', name: name('resid_mid'), vector: before, role: 'r', kind: 'state' },
        { label: '+ mlp_out', name: name('mlp_out'), vector: write, role: 'm', kind: 'state' },
        {
          label: '= resid_post',
          name: name('resid_post'),
          vector: after,
          role: 'r',
          kind: 'state',
        },
      ],
    })}`;
}

function side(inspector: Inspector): TemplateResult {
  const { subject, place } = inspector;
  const { config } = subject.value.model;
  const neurons = hasNeurons(inspector) ? neuronsOf(inspector) : undefined;
  const known = activationFunction(config.activation);
  const gate = config.activation === 'silu_gated';
  const shape = shapeText(subject.value.length, config.width);
  return explanation(inspector, {
    step: 'feedforward',
    formulas: [
      gate ? 'siluGated' : 'feedforward',
      'feedforwardOut',
      ...(place.value.depth === 'mathematics'
        ? ([gate ? 'silu' : (known?.formula ?? 'identity')] as const)
        : []),
    ],
    shapes: [shape, shape],
    operands:
      neurons &&
      html`${neuronOperands(inspector, neurons)} ${firesAt(inspector, neurons.chosen())}`,
  });
}

/** Arrows move a locked neuron; without one they move the token and the block, as everywhere. */
function moves(inspector: Inspector): Moves {
  const move = (down: number, right: number): boolean => {
    const neurons = inspector.place.value.neuron === undefined ? undefined : neuronsOf(inspector);
    return neurons !== undefined && moveNeuron(inspector, neurons, [down, right]);
  };
  return {
    x: (by) => move(0, by),
    y: (by) => move(by, 0),
    close: () => {
      if (inspector.place.value.neuron === undefined) return false;
      inspector.set({ neuron: undefined });
      return true;
    },
  };
}

function hasNeurons({ subject }: Inspector): boolean {
  const { layers, activation } = subject.value.model.config;
  return layers > 0 && activation !== 'none';
}

function neuronsOf({ numbers, place, pointed }: Inspector): Neurons | undefined {
  const { block, position } = place.value;
  const pre = numbers.activation(`blocks.${block}.mlp.pre`, [position])?.values;
  const post = numbers.activation(`blocks.${block}.mlp.post`, [position])?.values;
  if (!pre || !post) return undefined;
  const strong = strongest(post);
  return { pre, post, chosen: () => pointed.value?.neuron ?? place.value.neuron ?? strong };
}
