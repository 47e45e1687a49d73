import { fail } from '../../protocol/failures';
import { RandomStream } from '../tensor/random';
import type { Batch } from './trainingModel';

export type TokenStream = Uint16Array | Uint32Array | Int32Array;

/** A text in tokens, and how often it is drawn from beside others. */
export interface Corpus {
  readonly tokens: TokenStream;
  /** Share of the sequences, relative to the other corpora. */
  readonly weight: number;
}

/**
 * The batches of a training run, in an order that depends on the seed alone. A corpus is cut into windows of T tokens and
 * the token that follows; each comes once before any comes again, and each time round the cuts lie elsewhere.
 */
export class Batches {
  readonly #size: { readonly batch: number; readonly length: number };
  readonly #sources: readonly Source[];
  readonly #totalWeight: number;
  readonly #choice: RandomStream;
  #sequence = 0;

  /** Throws `corpus-too-short` for a corpus without a single window. */
  constructor(
    corpora: readonly Corpus[],
    size: { readonly batch: number; readonly length: number },
    seed: number,
  ) {
    this.#size = size;
    this.#choice = new RandomStream(seed, choiceStream);
    this.#totalWeight = corpora.reduce((sum, { weight }) => sum + weight, 0);
    this.#sources = corpora.map((corpus, index) => {
      const stream = (epoch: number): RandomStream =>
        new RandomStream(seed, orderStream(index, epoch));
      return new Source(corpus, size.length, stream);
    });
    if (this.#sources.length === 0)
      throw fail('corpus-too-short', { tokens: 0, needed: size.length + 1 });
  }

  /** The next batch; drawing goes on behind it. */
  next(): Batch {
    const { batch, length } = this.#size;
    const ids = new Int32Array(batch * length);
    const targets = new Int32Array(batch * length);
    for (let row = 0; row < batch; row++) {
      const source = this.#choose();
      const { tokens } = source.corpus;
      const start = source.next();
      for (let t = 0; t < length; t++) {
        ids[row * length + t] = tokens[start + t];
        targets[row * length + t] = tokens[start + t + 1];
      }
    }
    return { ids, targets };
  }

  /** Leaves out as many batches, as if they had been drawn. */
  skip(batches: number): void {
    for (let row = 0; row < batches * this.#size.batch; row++) this.#choose().next();
  }

  #choose(): Source {
    let left = this.#choice.uniform(this.#sequence++) * this.#totalWeight;
    for (const source of this.#sources) {
      left -= source.corpus.weight;
      if (left < 0) return source;
    }
    return this.#sources[this.#sources.length - 1];
  }
}

/** The windows of one corpus, time and again. */
class Source {
  readonly corpus: Corpus;
  readonly #length: number;
  readonly #stream: (epoch: number) => RandomStream;
  #epoch = -1;
  /** Starts of the windows that are left of this round, the next one last. */
  #starts: Uint32Array = new Uint32Array(0);
  #left = 0;

  constructor(corpus: Corpus, length: number, stream: (epoch: number) => RandomStream) {
    if (corpus.tokens.length <= length) {
      throw fail('corpus-too-short', { tokens: corpus.tokens.length, needed: length + 1 });
    }
    this.corpus = corpus;
    this.#length = length;
    this.#stream = stream;
  }

  next(): number {
    if (this.#left === 0) this.#shuffle();
    return this.#starts[--this.#left];
  }

  /** Fisher & Yates' shuffle (Knuth, TAOCP 2, 3.4.2, algorithm P) of windows that start anew somewhere in the first. */
  #shuffle(): void {
    const random = this.#stream(++this.#epoch);
    const free = this.corpus.tokens.length - 1 - this.#length;
    const first = random.below(0, Math.min(free + 1, this.#length));
    const count = Math.floor((this.corpus.tokens.length - 1 - first) / this.#length);
    const starts = Uint32Array.from({ length: count }, (_, i) => first + i * this.#length);
    for (let i = count - 1; i > 0; i--) {
      const j = random.below(count - i, i + 1);
      [starts[i], starts[j]] = [starts[j], starts[i]];
    }
    this.#starts = starts;
    this.#left = count;
  }
}

/** Streams of a seed: the weights use those from 0 on, one a tensor. */
const choiceStream = 2 ** 31;

function orderStream(corpus: number, epoch: number): number {
  return 2 ** 31 + (corpus + 1) * 2 ** 22 + (epoch % 2 ** 22);
}
