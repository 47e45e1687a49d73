import type { DeviceName } from '../../protocol/devices';
import { fail } from '../../protocol/failures';
import type { Snapshot, SnapshotRequest } from '../../protocol/labApi';
import type { Guess } from '../../protocol/labExperiments';
import type { ModelConfig } from '../../protocol/modelConfig';
import { greedySampling } from '../../protocol/sampling';
import { chooseDevice } from '../chooseDevice';
import type { EngineHost } from '../host';
import { windowOf } from '../ids';
import { Decoder } from '../model/decoder';
import type { WeightSource } from '../model/weights';
import { softmax } from '../sampling/softmax';
import { Stepper } from '../sampling/stepper';
import type { Tokenizer } from '../tokenizer/tokenizer';
import { activation } from '../tracing/activation';
import { lens } from '../tracing/lens';
import { Runs } from '../tracing/runs';
import { topIndices } from '../tracing/topIndices';
import type { Pace } from '../work';

export interface SnapshotParts {
  readonly host: EngineHost;
  readonly config: ModelConfig;
  readonly tokenizer: Tokenizer;
  readonly device: DeviceName | undefined;
}

const runLimitBytes = 1 << 26;

/** The model of one moment of a run, to be asked: a decoder of its own, so that training is not disturbed. */
export class SnapshotModel {
  /** The weights are read now. Throws `out-of-memory`, `cancelled`. */
  static async load(
    parts: SnapshotParts,
    weights: WeightSource,
    pace: Pace,
  ): Promise<SnapshotModel> {
    // Small questions: threads of its own would cost more than they help.
    const device = await chooseDevice({ ...parts.host, helpers: undefined }, parts.device);
    try {
      const { config } = parts;
      const { pause: breathe, signal } = pace;
      const decoder = await Decoder.load({ device, config, weights, breathe, signal });
      const embedding = new Float32Array(config.vocabulary * config.width);
      for await (const { offset, values } of weights.chunks('wte.weight')) {
        embedding.set(values, offset);
      }
      return new SnapshotModel(parts, decoder, embedding);
    } catch (thrown) {
      device.dispose();
      throw thrown;
    }
  }

  readonly decoder: Decoder;
  readonly #parts: SnapshotParts;
  /** [V, C] */
  readonly #embedding: Float32Array;
  readonly #runs: Runs;
  #runCount = 0;

  private constructor(parts: SnapshotParts, decoder: Decoder, embedding: Float32Array) {
    this.#parts = parts;
    this.decoder = decoder;
    this.#embedding = embedding;
    const nextId = (): number => ++this.#runCount;
    this.#runs = new Runs({ decoder, host: parts.host, nextId, limitBytes: runLimitBytes });
  }

  /** Throws `text-empty`, `setting-invalid` for a head there is not. */
  async answer(
    request: Pick<SnapshotRequest, 'text' | 'head' | 'top'>,
    at: { readonly step: number; readonly pace: Pace },
  ): Promise<Snapshot> {
    const { pace, step } = at;
    const traced = { decoder: this.decoder, runs: this.#runs };
    const info = await this.#runs.start({ ids: this.#idsOf(request.text) }, pace);
    const run = this.#runs.get(info.run);
    const { head, top } = request;
    const name = head === undefined ? '' : `blocks.${head.block}.attn.pattern`;
    const { vocabulary, width } = this.#parts.config;
    return {
      step,
      ids: info.ids,
      embedding: { shape: [vocabulary, width], values: this.#embedding.slice() },
      pattern:
        head === undefined
          ? undefined
          : await activation(traced, { run, name, index: [head.head] }, pace),
      lens: await lens(traced, { run, top }, pace),
      guesses: await this.#guesses(info.ids, top, pace),
      nats: info.surprisalBits.map((bits) => bits * Math.LN2),
    };
  }

  /** What follows a text, most likely first. Throws `text-empty`. */
  guesses(text: string, top: number, pace: Pace): Promise<Guess[]> {
    const { ids } = windowOf(this.#idsOf(text), this.#parts.config.context);
    return this.#guesses(ids, top, pace);
  }

  /** Greedy continuation of a prompt. Throws `text-empty`. */
  async continuation(prompt: string, maxTokens: number, pace: Pace): Promise<string> {
    const { tokenizer, host } = this.#parts;
    const bytesOf = (ids: ArrayLike<number>): Uint8Array => tokenizer.bytes(ids);
    const stepper = new Stepper({ decoder: this.decoder, host, bytesOf });
    try {
      let ids = this.#idsOf(prompt);
      const promptLength = ids.length;
      const stop = { maxTokens: Math.max(1, maxTokens), stopStrings: [] };
      for (;;) {
        const request = { ids, promptLength, sampling: greedySampling, stop };
        const { id, stopped } = await stepper.step(request, pace);
        if (stopped !== 'end') ids = Int32Array.of(...ids, id);
        if (stopped !== undefined) return tokenizer.decode(ids.subarray(promptLength));
      }
    } finally {
      stepper.dispose();
    }
  }

  dispose(): void {
    this.decoder.dispose();
    this.decoder.device.dispose();
  }

  #idsOf(text: string): Int32Array {
    const { ids } = this.#parts.tokenizer.encode(text);
    if (ids.length === 0) throw fail('text-empty', {});
    return ids;
  }

  async #guesses(ids: Int32Array, top: number, pace: Pace): Promise<Guess[]> {
    const { pause: breathe, signal } = pace;
    const logits = await this.decoder.forward({ ids, logits: 'last', breathe, signal });
    const { numerators, sum } = softmax(logits, 1);
    return Array.from(topIndices(logits, top), (id) => ({
      id,
      text: this.#parts.tokenizer.decode([id]),
      probability: numerators[id] / sum,
    }));
  }
}
