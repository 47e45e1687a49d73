import type { LabPresets } from '../../protocol/labLessons';
import type { RunForm } from '../../protocol/labForms';
import { experimentPresets } from './experimentPresets';
import { heloPresets } from './heloPresets';
import { smallForm } from './smallForm';

/** What the lab offers to start from. */
export function labPresets(): LabPresets {
  return { training: trainingPreset, helo: heloPresets, experiments: experimentPresets };
}

/** Half a minute on two cores: a model that learns the ready English and shows what it says on the way. */
const trainingPreset: RunForm = {
  ...smallForm,
  name: 'english',
  model: {
    ...smallForm.model,
    ...{ heads: 4, keyValueHeads: 4, width: 64, hidden: 256, context: 64 },
    position: 'learned',
    tied: true,
  },
  tokenizer: { kind: 'learned', size: 384, special: ['<|endoftext|>'] },
  corpora: [{ kind: 'grammar', grammar: 'english', seed: 1, characters: 200_000, weight: 1 }],
  validationShare: 0.05,
  training: { ...smallForm.training, steps: 600, rate: 0.005, warmup: 40 },
  watch: {
    ...smallForm.watch,
    ...{ validateEvery: 50, sampleEvery: 50, snapshotEvery: 25 },
    prompts: ['The cat', 'Anna has a '],
    sampleTokens: 24,
  },
};
