import { join } from 'node:path';
import type { EngineHost } from '../engine/host';
import type { TokenStream } from '../engine/training/batches';
import { checkpointFile, weightsFile } from '../engine/training/checkpoint';
import type { StepReport, Trainer } from '../engine/training/trainer';
import type { Terminal } from './terminal';
import { writeWhole } from '../worker/writeFile';

/** What a run needs beside its trainer. */
interface RunOptions {
  readonly terminal: Terminal;
  readonly host: EngineHost;
  /** Ends the run after the step that is under way. */
  readonly signal: AbortSignal;
  readonly out: string;
  readonly checkpointEveryMs: number;
  readonly validation: readonly {
    readonly file: string;
    readonly tokens: TokenStream;
    readonly bytesOf: (id: number) => number;
  }[];
}

export const checkpointName = 'checkpoint.safetensors';

/**
 * The steps of a run with its checkpoints: one before the first step, one whenever it is time, one at the end or when it
 * is interrupted. A run that diverges writes none any more, so that the last good one stays.
 */
export class TrainingRun {
  readonly #trainer: Trainer;
  readonly #options: RunOptions;
  #savedAt = 0;

  constructor(trainer: Trainer, options: RunOptions) {
    this.#trainer = trainer;
    this.#options = options;
  }

  async toEnd(): Promise<void> {
    const { terminal, host, signal, checkpointEveryMs } = this.#options;
    const { steps } = this.#trainer.plan;
    if (this.#trainer.step === 0) await this.#save();
    this.#savedAt = host.now();
    while (this.#trainer.step < steps && !signal.aborted) {
      await this.#step();
      if (host.now() - this.#savedAt < checkpointEveryMs) continue;
      await this.#save();
      await this.#validate();
      this.#savedAt = host.now();
    }
    await this.#save();
    if (!signal.aborted) await this.#validate();
    const { step } = this.#trainer;
    const stopped = step < steps ? 'interrupted' : 'finished';
    await terminal.line(JSON.stringify({ stopped, step }));
  }

  async #step(): Promise<void> {
    const { host, terminal } = this.#options;
    const before = host.now();
    const report = await this.#trainer.advance(this.#pause);
    await terminal.line(stepLine(report, host.now() - before));
  }

  async #save(): Promise<void> {
    const { out, terminal } = this.#options;
    const content = this.#trainer.content();
    await writeWhole(join(out, checkpointName), checkpointFile(content).parts);
    await writeWhole(join(out, 'model.safetensors'), weightsFile(content).parts);
    await terminal.line(JSON.stringify({ step: this.#trainer.step, saved: out }));
  }

  async #validate(): Promise<void> {
    const { terminal, validation } = this.#options;
    const { step } = this.#trainer;
    for (const { file, ...text } of validation) {
      const evaluation = await this.#trainer.evaluate(text, this.#pause);
      await terminal.line(JSON.stringify({ step, file, ...evaluation }));
    }
  }

  /** Lets an interruption in; a step is not left half made for it. */
  readonly #pause = (): Promise<void> => this.#options.host.breathe();
}

/** Loss in nats per token; the time is that of the step alone, without checkpoints and validation. */
function stepLine({ step, nats, gradientNorm, rate, tokens }: StepReport, ms: number): string {
  const tokensPerSecond = Math.round((1000 * tokens) / ms);
  return JSON.stringify({ step, loss: nats, gradientNorm, learningRate: rate, tokensPerSecond });
}
