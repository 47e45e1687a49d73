/** What is asked of the open model again and again, fetched once: its vocabulary, embeddings, and their scale. */
import type { EngineClient } from '../../protocol/engineApi';
import { scaleEnd } from '../editor/strip';
import { Vocabulary } from '../tokens/vocabulary';
import type { EngineService } from './engineService';

type Reads = Pick<EngineClient, 'vocabulary' | 'embeddings' | 'tokenFacts'>;
type Facts = Awaited<ReturnType<EngineClient['tokenFacts']>>;

/** How many values of an embedding an inline strip shows. */
export const stripCells = 16;
/** Rows of the embedding table, evenly spaced, by which the scale of all strips is set. */
const scaleRows = 256;
const neighbours = 4;

export class KnownFacts {
  readonly #client: Reads;
  #vocabulary: Promise<Vocabulary> | undefined;
  #scaleEnd: Promise<number> | undefined;
  readonly #embeddings = new Map<number, Float32Array>();
  readonly #facts = new Map<number, Promise<Facts>>();

  constructor(engine: Pick<EngineService, 'onModel'> & { readonly client: Reads }) {
    this.#client = engine.client;
    engine.onModel(() => {
      this.#forget();
    });
  }

  vocabulary(): Promise<Vocabulary> {
    return (this.#vocabulary ??= this.#kept(
      this.#client.vocabulary({}).then((table) => new Vocabulary(table)),
    ));
  }

  /** The magnitude at which a strip's cell has its full colour: one for the whole model, so that strips compare. */
  scaleEnd(): Promise<number> {
    return (this.#scaleEnd ??= this.#kept(this.#measureScale()));
  }

  /** The first values of each id's embedding row, up to `stripCells`. */
  async embeddings(
    ids: readonly number[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<number, Float32Array>> {
    const unknown = [...new Set(ids)].filter((id) => !this.#embeddings.has(id));
    if (unknown.length > 0) {
      const block = await this.#client.embeddings({ ids: Int32Array.from(unknown) }, { signal });
      const width = block.shape[1] ?? 0;
      unknown.forEach((id, row) => {
        const start = row * width;
        this.#embeddings.set(id, block.values.slice(start, start + Math.min(width, stripCells)));
      });
    }
    return this.#embeddings;
  }

  facts(id: number): Promise<Facts> {
    const known = this.#facts.get(id);
    if (known !== undefined) return known;
    const facts = this.#client.tokenFacts({ id, neighbours });
    this.#facts.set(id, facts);
    facts.catch(() => this.#facts.delete(id));
    return facts;
  }

  async #measureScale(): Promise<number> {
    const { size } = await this.vocabulary();
    const count = Math.min(size, scaleRows);
    const ids = Int32Array.from({ length: count }, (_, n) => Math.floor((n * size) / count));
    const block = await this.#client.embeddings({ ids });
    return scaleEnd(block.values);
  }

  /** A failed answer is not kept: the next caller asks again. */
  #kept<Value>(answer: Promise<Value>): Promise<Value> {
    answer.catch(() => {
      this.#forget();
    });
    return answer;
  }

  #forget(): void {
    this.#vocabulary = undefined;
    this.#scaleEnd = undefined;
    this.#embeddings.clear();
    this.#facts.clear();
  }
}
