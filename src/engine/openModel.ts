import type { DeviceName, WeightFormat } from '../protocol/devices';
import { fail } from '../protocol/failures';
import type { ModelInfo, ModelLocation } from '../protocol/models';
import type { RunId } from '../protocol/runs';
import type { ChatTemplate } from './chatTemplate';
import { chooseDevice } from './chooseDevice';
import type { ModelFiles } from './files/byteSource';
import { openModelFolder, type ModelFolder } from './files/modelFolder';
import type { EngineHost } from './host';
import { Decoder } from './model/decoder';
import { modelSize } from './model/parameters';
import type { WeightSource } from './model/weights';
import { PrefixCache } from './sampling/prefixCache';
import { Stepper } from './sampling/stepper';
import type { Tokenizer } from './tokenizer/tokenizer';
import { EmbeddingTable } from './tracing/embeddingTable';
import { Runs } from './tracing/runs';
import type { Work } from './work';

export interface OpenRequest {
  readonly host: EngineHost;
  readonly files: ModelFiles;
  readonly location: ModelLocation;
  readonly device: DeviceName | undefined;
  readonly weights: WeightFormat | undefined;
  /** Bytes of activations that runs may hold. */
  readonly runLimitBytes: number;
  readonly nextRun: () => RunId;
}

/** A loaded model with all that belongs to it. It stays whole while someone uses it, also after it was replaced. */
export class OpenModel {
  /** Throws what loading throws; nothing is left open then. */
  static async open(request: OpenRequest, work: Work): Promise<OpenModel> {
    const started = request.host.now();
    const folder = await openModelFolder(request.files, { signal: work.pace.signal });
    try {
      const device = await chooseDevice(request.host, request.device, request.weights);
      try {
        const decoder = await Decoder.load({
          device,
          config: folder.config,
          weights: folder.weights,
          breathe: work.pace.pause,
          signal: work.pace.signal,
          onProgress: work.onProgress,
        });
        return new OpenModel(request, { folder, decoder, started });
      } catch (thrown) {
        device.dispose();
        throw thrown;
      }
    } catch (thrown) {
      await folder.close();
      throw thrown;
    }
  }

  readonly info: ModelInfo;
  readonly decoder: Decoder;
  readonly weights: WeightSource;
  readonly runs: Runs;
  readonly table: EmbeddingTable;
  readonly stepper: Stepper;
  /** Keys and values of the text that is being read, apart from the one that is being written. */
  readonly reading: PrefixCache;
  readonly #folder: ModelFolder;
  #users = 0;
  #retired = false;

  private constructor(
    request: OpenRequest,
    parts: { readonly folder: ModelFolder; readonly decoder: Decoder; readonly started: number },
  ) {
    const { folder, decoder } = parts;
    const { host } = request;
    this.#folder = folder;
    this.decoder = decoder;
    this.weights = folder.weights;
    this.table = new EmbeddingTable(decoder);
    this.reading = new PrefixCache(decoder);
    this.stepper = new Stepper({ decoder, host, bytesOf: (ids) => this.#bytesOf(ids) });
    const { nextRun: nextId, runLimitBytes: limitBytes } = request;
    this.runs = new Runs({ decoder, host, nextId, limitBytes });
    const weightFormat = decoder.device.name === 'wasm' ? (request.weights ?? 'f32') : 'f32';
    this.info = {
      name: shortName(folder.estimate.name),
      location: request.location,
      config: folder.config,
      parameters: folder.estimate.parameters,
      weightBytes: modelSize(folder.config, weightFormat).weightBytes,
      device: decoder.device.name,
      weightFormat,
      hasTokenizer: folder.tokenizer !== undefined,
      validation: folder.validation,
      loadMs: host.now() - parts.started,
      weights: folder.weights.names.map((name) => ({ name, shape: folder.weights.shape(name) })),
    };
  }

  /** Throws `tokenizer-missing` when the folder holds weights alone. */
  get tokenizer(): Tokenizer {
    const { tokenizer } = this.#folder;
    if (tokenizer === undefined) throw fail('tokenizer-missing', { folder: this.info.name });
    return tokenizer;
  }

  /** Throws `chat-template-missing` when the folder has none. */
  async chatTemplate(): Promise<ChatTemplate> {
    const chatTemplate = await this.#folder.chatTemplate();
    if (chatTemplate === undefined) throw fail('chat-template-missing', { model: this.info.name });
    return chatTemplate;
  }

  /** Keeps the model whole until `work` has ended. */
  async use<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#users++;
    try {
      return await work();
    } finally {
      this.#users--;
      await this.#releaseWhenUnused();
    }
  }

  /** Releases everything as soon as nobody uses it. */
  async retire(): Promise<void> {
    this.#retired = true;
    await this.#releaseWhenUnused();
  }

  /** Rows that only pad the embedding table can be picked, and stand for no bytes. */
  #bytesOf(ids: ArrayLike<number>): Uint8Array {
    const { tokenizer } = this;
    const entries = tokenizer.vocabulary.offsets.length - 1;
    return tokenizer.bytes(Array.from(ids).filter((id) => id < entries));
  }

  async #releaseWhenUnused(): Promise<void> {
    if (!this.#retired || this.#users > 0) return;
    this.#retired = false;
    this.stepper.dispose();
    this.reading.dispose();
    this.decoder.dispose();
    this.decoder.device.dispose();
    await this.#folder.close();
  }
}

/** The last part of a path: what people call a model that lies in a folder. */
export function shortName(folder: string): string {
  return folder.split(/[/\\]/).findLast((part) => part !== '') ?? folder;
}
