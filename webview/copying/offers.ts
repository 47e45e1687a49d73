/** What else of the open step can be copied: every array behind its pictures, with all digits. */
import type { NumberBlock } from '../../src/protocol/runs';
import type { Inspector } from '../view';
import { habitKinds } from '../views/headHabits';
import { mapQuestion } from '../views/embedMap';
import { fetched } from '../views/predictAnswer';

export interface Offer {
  readonly name: string;
  /** Undefined until it is there. */
  readonly block: (inspector: Inspector) => NumberBlock | undefined;
}

export function offers(inspector: Inspector): readonly Offer[] {
  const { place, subject, state } = inspector;
  const { block, open, step } = place.value;
  const { layers, position: positions, activation } = subject.value.model.config;
  const of = (part: string): Offer => activationOf(`blocks.${String(block)}.${part}`);
  const hasRows = ['learned', 'sinusoidal'].includes(positions);
  switch (step) {
    case 'overview':
      return layers > 0 ? ['attn_out', 'mlp_out', 'resid_post'].map(of) : [];
    case 'context':
    case 'tokenize':
      return [surprisal];
    case 'append':
      return state.value.generation.tokens.length > 0 ? [surprisal, ...made] : [surprisal];
    case 'embed':
      return [
        activationOf('embed'),
        ...(hasRows ? [activationOf('pos_embed')] : []),
        nearest,
        ...map,
      ];
    case 'attend':
      return open
        ? ['q', 'k', 'v', 'z'].map((part) => of(`attn.${part}`)).concat(of('attn_out'), habits)
        : [habits];
    case 'feedforward':
      return activation === 'none' ? [] : ['mlp.pre', 'mlp_out'].map(of);
    case 'repeat':
      return layers > 0 ? lens : [];
    case 'predict':
      return [...chances, ...(layers > 0 ? shares(inspector) : [])];
  }
}

function activationOf(name: string): Offer {
  return { name, block: ({ numbers }) => numbers.activation(name) };
}

function vector(values: ArrayLike<number>): NumberBlock {
  return { shape: [values.length], values: Float32Array.from(values) };
}

const surprisal: Offer = {
  name: 'surprisalBits',
  block: ({ subject }) => vector(subject.value.run.surprisalBits),
};

const made: readonly Offer[] = (['id', 'probability', 'rank', 'entropyBits', 'logit'] as const).map(
  (what) => ({
    name: `generated.${what}`,
    block: ({ state }) => vector(state.value.generation.tokens.map((token) => token[what])),
  }),
);

/** Id and cosine of each. */
const nearest: Offer = {
  name: 'nearest',
  block: ({ numbers, subject, place }) => {
    const id = subject.value.run.ids[place.value.position] ?? 0;
    const found = numbers.ask('tokenFacts', { id, neighbours: 8 })?.nearest;
    const pairs = found?.flatMap(({ id: other, cosine }) => [other, cosine]);
    return pairs && { shape: [pairs.length / 2, 2], values: Float32Array.from(pairs) };
  },
};

const map: readonly Offer[] = [
  {
    name: 'pca.ids',
    block: ({ numbers }) => {
      const found = numbers.ask('embeddingMap', mapQuestion('pca'));
      return found && vector(found.ids);
    },
  },
  {
    name: 'pca',
    block: ({ numbers }) => {
      const found = numbers.ask('embeddingMap', mapQuestion('pca'));
      return found && { shape: [found.ids.length, 2], values: found.places };
    },
  },
];

/** A row for each habit, then the entropy; a column for each head of the block. */
const habits: Offer = {
  name: 'headStatistics',
  block: ({ numbers, place }) => {
    const found = numbers.ask('headStatistics', { block: place.value.block });
    if (!found) return undefined;
    const rows = [...habitKinds.map((kind) => found[kind]), found.entropyBits];
    const values = Float32Array.from(rows.flatMap((row) => [...row]));
    return { shape: [rows.length, values.length / rows.length], values };
  },
};

const lens: readonly Offer[] = (
  ['entropyBits', 'divergenceBits', 'finalRank', 'ids', 'probabilities'] as const
).map((what) => ({
  name: `lens.${what}`,
  block: ({ numbers }) => {
    const found = numbers.ask('lens', { top: 5 });
    if (!found) return undefined;
    const [states, positions, top] = found.shape;
    const isRanked = what === 'ids' || what === 'probabilities';
    const shape = isRanked ? [states, positions, top] : [states, positions];
    return { shape, values: Float32Array.from(found[what]) };
  },
}));

/** The likeliest tokens with the settings that are set. */
const chances: readonly Offer[] = (['ids', 'probabilities', 'kept'] as const).map((what) => ({
  name: `distribution.${what}`,
  block: ({ numbers, state, subject }) => {
    const { sampling, generation } = state.value;
    const position = subject.value.length - 1;
    const question = { position, sampling, step: generation.cursor, rows: fetched };
    const found = numbers.ask('distribution', question);
    return found && vector(found[what]);
  },
}));

/** The shares of all heads and of all feed-forward networks in the logit of the likeliest token. */
function shares({ subject }: Inspector): readonly Offer[] {
  const { layers, heads } = subject.value.model.config;
  return (['heads', 'feedForward'] as const).map((what) => ({
    name: `contributions.${what}`,
    block: ({ numbers, state, subject: shown }) => {
      const { sampling, generation } = state.value;
      const position = shown.value.length - 1;
      const question = { position, sampling, step: generation.cursor, rows: fetched };
      const id = numbers.ask('distribution', question)?.pick.id;
      const found = id === undefined ? undefined : numbers.ask('contributions', { position, id });
      const shape = what === 'heads' ? [layers, heads] : [layers];
      return found && { shape, values: found[what] };
    },
  }));
}
