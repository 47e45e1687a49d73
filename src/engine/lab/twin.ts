import { fail } from '../../protocol/failures';
import type { Change } from '../../protocol/labExperiments';
import type { ModelForm, RunForm, TrainingForm } from '../../protocol/labForms';

/**
 * The baseline's form with one thing changed. Throws `setting-invalid` for a change that this baseline does not allow, or
 * that changes nothing.
 */
export function twinForm(baseline: RunForm, change: Change): RunForm {
  const twin = changed(baseline, change);
  if (JSON.stringify(twin) === JSON.stringify(baseline)) {
    throw fail('setting-invalid', { name: 'change', value: change.kind, allowed: '≠ baseline' });
  }
  return twin;
}

function changed(form: RunForm, change: Change): RunForm {
  switch (change.kind) {
    case 'freeze-embeddings':
      return freeze(form, 'wte.*');
    case 'freeze-output':
      if (form.model.tied) throw refused('model.tied', 'true', 'false');
      return freeze(form, 'lm_head.*');
    case 'freeze-block': {
      const { layers } = form.model;
      if (!(change.block >= 0 && change.block < layers)) {
        throw refused('change.block', String(change.block), `0 – ${layers - 1}`);
      }
      return freeze(form, `h.${change.block}.*`);
    }
    case 'fix-embedding-norm':
      return training(form, { fixEmbeddingNorm: true });
    case 'weight-decay':
      return training(form, { decay: change.decay });
    case 'no-norm':
      return model(form, { norm: 'none' });
    case 'no-activation':
      return model(form, { activation: 'identity' });
    case 'no-positions':
      return model(form, { position: 'none' });
    case 'no-mask':
      return model(form, { mask: 'none' });
    case 'wider': {
      const { width, hidden, headSize } = form.model;
      const [wide, more, head] = [width, hidden, headSize].map((size) => size * change.factor);
      return model(form, { width: wide, hidden: more, headSize: head });
    }
    case 'learning-rate':
      return training(form, { rate: form.training.rate * change.factor });
    case 'label-noise':
      return training(form, { labelNoise: change.share });
    case 'second-corpus':
      return training(form, { then: { fromStep: change.fromStep, corpora: change.corpora } });
    case 'tiny-corpus':
      return { ...form, trainCharacters: change.characters };
  }
}

function freeze(form: RunForm, glob: string): RunForm {
  return training(form, { freeze: [...form.training.freeze, glob] });
}

function training(form: RunForm, change: Partial<TrainingForm>): RunForm {
  return { ...form, training: { ...form.training, ...change } };
}

function model(form: RunForm, change: Partial<ModelForm>): RunForm {
  return { ...form, model: { ...form.model, ...change } };
}

function refused(name: string, value: string, allowed: string): Error {
  return fail('setting-invalid', { name, value, allowed });
}
