import { fail } from '../../protocol/failures';
import type { Chunks } from '../devices/device';
import type { WeightSource } from '../model/weights';
import type { ByteSource } from './byteSource';
import { floatChunks } from './floatChunks';
import { malformed } from './malformed';
import type { TensorEntry } from './safetensorsHeader';

/** One safetensors file of a model. */
export interface WeightFile {
  readonly file: string;
  readonly source: ByteSource;
  readonly entries: readonly TensorEntry[];
}

/** The weights in one or several files, under GPT-2's names without `transformer.`; the sources stay the caller's. */
export class SafetensorsWeights implements WeightSource {
  readonly #tensors = new Map<
    string,
    { readonly source: ByteSource; readonly entry: TensorEntry }
  >();

  /** Throws `safetensors-malformed` when two tensors have the same name. */
  constructor(files: readonly WeightFile[]) {
    for (const { file, source, entries } of files) {
      for (const entry of entries) {
        const name = plainName(entry.name);
        if (isBuffer(name)) continue;
        if (this.#tensors.has(name)) throw malformed(file, 'name-duplicate', entry.name);
        this.#tensors.set(name, { source, entry });
      }
    }
  }

  get names(): readonly string[] {
    return [...this.#tensors.keys()];
  }

  has(name: string): boolean {
    return this.#tensors.has(name);
  }

  shape(name: string): readonly number[] {
    return this.#tensor(name).entry.shape;
  }

  chunks(name: string, from = 0): Chunks {
    const { source, entry } = this.#tensor(name);
    return floatChunks(source, entry, from);
  }

  #tensor(name: string): { readonly source: ByteSource; readonly entry: TensorEntry } {
    const tensor = this.#tensors.get(name);
    if (tensor === undefined) throw fail('tensor-missing', { tensor: name });
    return tensor;
  }
}

/** GPT2LMHeadModel writes its body under `transformer.`; OpenAI's own files and GPT2Model do not. */
function plainName(name: string): string {
  return name.replace(/^transformer\./, '');
}

/** The causal mask, which old versions of transformers saved with every block. */
function isBuffer(name: string): boolean {
  return /^h\.\d+\.attn\.(masked_)?bias$/.test(name);
}
