import type { Change, Experiment } from '../../protocol/labExperiments';
import type { RunForm } from '../../protocol/labForms';
import { smallForm as small } from './smallForm';

/** Long enough to find out that the answer can be copied. */
const longer: RunForm = { ...small, training: { ...small.training, steps: 300 } };

/**
 * Of two letters before the colon the first comes again behind it: only who knows the order can tell. One block, for two
 * could count, by what each position sees, how far back a letter stands.
 */
const order: RunForm = {
  ...small,
  name: 'order',
  model: { ...small.model, layers: 1, context: 4, position: 'learned' },
  corpora: [{ kind: 'text', text: orderedPairs(33), weight: 1 }],
  validationShare: 0,
  training: { ...small.training, rate: 0.005, steps: 1500 },
  watch: {
    ...small.watch,
    statisticsEvery: 40,
    sampleEvery: 200,
    validateEvery: 0,
    prompts: ['ab:'],
    sampleTokens: 1,
  },
};

/** `ab:a;` and `ba:b;` for all pairs of four letters, in turn. */
function orderedPairs(times: number): string {
  const letters = ['a', 'b', 'c', 'd'];
  const pairs = letters.flatMap((one) =>
    letters.filter((other) => other !== one).map((other) => `${one}${other}:${one};`),
  );
  return pairs.join('').repeat(times);
}

const probes = ['The cats near the dog ', 'Anna has a ball. She likes her '];

export const experimentPresets: readonly Experiment[] = [
  preset({ kind: 'freeze-embeddings' }),
  preset({ kind: 'freeze-output' }),
  preset({ kind: 'freeze-block', block: 0 }),
  preset({ kind: 'fix-embedding-norm' }),
  preset({ kind: 'weight-decay', decay: 0 }),
  preset({ kind: 'no-norm' }),
  preset({ kind: 'no-activation' }),
  { ...preset({ kind: 'no-positions' }), baseline: order, probes: ['ab:', 'ba:', 'cd:', 'dc:'] },
  { ...preset({ kind: 'no-mask' }), baseline: longer },
  preset({ kind: 'wider', factor: 2 }),
  preset({ kind: 'learning-rate', factor: 10 }),
  preset({ kind: 'label-noise', share: 0.3 }),
  preset({
    kind: 'second-corpus',
    fromStep: 101,
    corpora: [{ kind: 'grammar', grammar: 'code', seed: 1, characters: 60_000, weight: 1 }],
  }),
  preset({ kind: 'tiny-corpus', characters: 400 }),
];

function preset(change: Change): Experiment {
  const experiment = { version: 1, name: change.kind, baseline: small, change } as const;
  return { ...experiment, probes, prediction: '' };
}
