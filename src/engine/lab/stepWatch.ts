import type { ActivationStatistics, StepTensor, TensorStatistics } from '../../protocol/labApi';
import type { Values } from '../devices/device';
import type { StepWatcher, Trainer } from '../training/trainer';

/** Looks at one step: weights before and after, gradients, what is on the way between the layers. */
export class StepWatch implements StepWatcher {
  readonly #trainer: Trainer;
  readonly #now: () => number;
  #before: readonly Values[] = [];
  #gradients: readonly Values[] = [];
  #after: readonly Values[] = [];
  #activations: readonly ActivationStatistics[] = [];
  readonly #started: number;
  #gradientsMs = 0;
  #updateFrom = 0;
  #updateMs = 0;

  constructor(trainer: Trainer, now: () => number) {
    this.#trainer = trainer;
    this.#now = now;
    this.#started = now();
  }

  async beforeUpdate(): Promise<void> {
    this.#gradientsMs = this.#now() - this.#started;
    this.#before = await this.#read('value');
    this.#gradients = await this.#read('gradient');
    const activations: ActivationStatistics[] = [];
    for (const { name, array } of this.#trainer.model.activations) {
      activations.push(statisticsOf(name, await this.#trainer.device.read(array)));
    }
    this.#activations = activations;
    this.#updateFrom = this.#now();
  }

  async afterUpdate(): Promise<void> {
    this.#updateMs = this.#now() - this.#updateFrom;
    this.#after = await this.#read('value');
  }

  /** Time from the start of the step to the gradients: forward and backward. */
  get gradientsMs(): number {
    return this.#gradientsMs;
  }

  /** Time from gradients to new weights. */
  get updateMs(): number {
    return this.#updateMs;
  }

  statistics(step: number): TensorStatistics {
    const before = this.#before.map(norm);
    return {
      step,
      weightNorm: Float32Array.from(this.#after, norm),
      gradientNorm: Float32Array.from(this.#gradients, norm),
      updateRatio: Float32Array.from(before, (size, index) => {
        const moved = distance(this.#before[index], this.#after[index]);
        if (size > 0) return moved / size;
        return moved === 0 ? 0 : Number.NaN;
      }),
      activations: this.#activations,
    };
  }

  /** Undefined for a name that the model does not have. */
  tensor(name: string): StepTensor | undefined {
    const index = this.#trainer.weights.findIndex((weight) => weight.name === name);
    if (index < 0) return undefined;
    const { shape } = this.#trainer.weights[index];
    const block = (values: Values): StepTensor['before'] => {
      return { shape, values: Float32Array.from(values) };
    };
    return {
      name,
      before: block(this.#before[index]),
      gradient: block(this.#gradients[index]),
      after: block(this.#after[index]),
    };
  }

  /** Asked for in one turn: a device that is far away is asked once. */
  #read(part: 'value' | 'gradient'): Promise<Values[]> {
    const { weights, device } = this.#trainer;
    return Promise.all(weights.map((weight) => device.read(weight[part])));
  }
}

export function norm(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] * values[i];
  return Math.sqrt(sum);
}

export function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] - b[i]) ** 2;
  return Math.sqrt(sum);
}

function statisticsOf(name: string, values: Values): ActivationStatistics {
  let [sum, squares, largest, zeros] = [0, 0, 0, 0];
  for (const value of values) {
    sum += value;
    squares += value * value;
    largest = Math.max(largest, Math.abs(value));
    if (value === 0) zeros++;
  }
  const mean = sum / values.length;
  const variance = Math.max(0, squares / values.length - mean * mean);
  return { name, mean, deviation: Math.sqrt(variance), largest, zeros: zeros / values.length };
}
