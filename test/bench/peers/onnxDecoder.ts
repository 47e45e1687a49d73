// GPT-2's decoder as a graph of ONNX, on the same weights as ours: ids and the cache in, logits and the cache out.
import type { ModelConfig } from '../../../src/protocol/modelConfig';
import type { Tensor } from '../../support/safetensors';
import { OnnxGraph } from './onnxGraph';
import type { OnnxFeeds, OnnxRuntime } from './onnxRuntime';

export interface OnnxShape {
  /** Tokens that are read at once. */
  readonly rows: number;
  /** Tokens whose keys and values come with them. */
  readonly past: number;
}

type Weights = ReadonlyMap<string, Tensor>;

/** `logits` [1, V] of the last token; `keys.i`, `values.i` [H, past + T, D] of every block. */
export function onnxDecoder(config: ModelConfig, weights: Weights, shape: OnnxShape): Uint8Array {
  return new OnnxDecoder(config, weights, shape).model();
}

/** What a run needs, with keys and values [H, past, D] of every block as `cache` gives them. */
export function onnxFeeds(
  runtime: OnnxRuntime,
  of: { readonly ids: Int32Array; readonly cache: Readonly<Record<string, Float32Array>> },
  dims: readonly number[],
): OnnxFeeds {
  const ids = new runtime.Tensor('int64', BigInt64Array.from(of.ids, BigInt), [of.ids.length]);
  const cache = Object.entries(of.cache).map(
    ([name, values]) => [`past.${name}`, new runtime.Tensor('float32', values, dims)] as const,
  );
  return { ids, ...Object.fromEntries(cache) };
}

class OnnxDecoder {
  readonly #graph = new OnnxGraph();
  readonly #config: ModelConfig;
  readonly #weights: Weights;
  readonly #shape: OnnxShape;

  constructor(config: ModelConfig, weights: Weights, shape: OnnxShape) {
    this.#config = config;
    this.#weights = weights;
    this.#shape = shape;
  }

  model(): Uint8Array {
    const graph = this.#graph;
    const { rows, past } = this.#shape;
    const { width, vocabulary } = this.#config;
    const ids = graph.input('ids', 'int64', [rows]);
    const table = this.#weight('wte.weight');
    const { values } = this.#tensor('wpe.weight');
    const places = graph.constant(values.subarray(past * width, (past + rows) * width), [
      rows,
      width,
    ]);
    let residual = graph.operator('Add', [graph.operator('Gather', [table, ids]), places]);
    for (let block = 0; block < this.#config.layers; block++) {
      residual = this.#attend(residual, block);
      residual = this.#feedForward(residual, `h.${block}`);
    }
    const last = graph.constant(BigInt64Array.of(BigInt(rows - 1)), [1]);
    const final = this.#norm(graph.operator('Gather', [residual, last]), 'ln_f');
    graph.output('logits', graph.operator('Gemm', [final, table], { transB: 1 }), [1, vocabulary]);
    return graph.model();
  }

  #attend(residual: string, block: number): string {
    const graph = this.#graph;
    const { heads, headSize, width } = this.#config;
    const { rows } = this.#shape;
    const name = `h.${block}`;
    const fused = this.#linear(this.#norm(residual, `${name}.ln_1`), `${name}.attn.c_attn`);
    const three = { outputs: 3, attributes: { axis: 1, num_outputs: 3 } };
    const [queries, keys, values] = graph.operators('Split', [fused], three).map((part) => {
      const cut = graph.operator('Reshape', [part, this.#sizes([rows, heads, headSize])]);
      return graph.operator('Transpose', [cut], { perm: [1, 0, 2] });
    }) as [string, string, string];
    const allKeys = this.#remember(keys, `keys.${block}`);
    const allValues = this.#remember(values, `values.${block}`);
    const turned = graph.operator('Transpose', [allKeys], { perm: [0, 2, 1] });
    const pattern = this.#pattern(graph.operator('MatMul', [queries, turned]));
    const mixed = graph.operator('MatMul', [pattern, allValues]);
    const back = graph.operator('Transpose', [mixed], { perm: [1, 0, 2] });
    const joined = graph.operator('Reshape', [back, this.#sizes([rows, width])]);
    return graph.operator('Add', [residual, this.#linear(joined, `${name}.attn.c_proj`)]);
  }

  /** Puts the cache before what is new, and hands out both. */
  #remember(fresh: string, name: string): string {
    const { heads, headSize } = this.#config;
    const { rows, past } = this.#shape;
    if (past === 0) {
      this.#graph.output(name, fresh, [heads, rows, headSize]);
      return fresh;
    }
    const before = this.#graph.input(`past.${name}`, 'float32', [heads, past, headSize]);
    const all = this.#graph.operator('Concat', [before, fresh], { axis: 1 });
    this.#graph.output(name, all, [heads, past + rows, headSize]);
    return all;
  }

  #pattern(products: string): string {
    const graph = this.#graph;
    const scale = graph.constant(Float32Array.of(1 / Math.sqrt(this.#config.headSize)), []);
    const scaled = graph.operator('Mul', [products, scale]);
    const { rows, past } = this.#shape;
    const masked = rows === 1 ? scaled : graph.operator('Add', [scaled, this.#mask(rows, past)]);
    return graph.operator('Softmax', [masked], { axis: 2 });
  }

  #mask(rows: number, past: number): string {
    const keys = past + rows;
    const mask = Float32Array.from({ length: rows * keys }, (_, at) =>
      at % keys <= past + Math.floor(at / keys) ? 0 : -1e30,
    );
    return this.#graph.constant(mask, [rows, keys]);
  }

  #feedForward(residual: string, name: string): string {
    const up = this.#linear(this.#norm(residual, `${name}.ln_2`), `${name}.mlp.c_fc`);
    const active = this.#graph.operator('Gelu', [up], { approximate: 'tanh' });
    return this.#graph.operator('Add', [residual, this.#linear(active, `${name}.mlp.c_proj`)]);
  }

  #linear(x: string, name: string): string {
    const [weight, bias] = [this.#weight(`${name}.weight`), this.#weight(`${name}.bias`)];
    return this.#graph.operator('Gemm', [x, weight, bias]);
  }

  #norm(x: string, name: string): string {
    const inputs = [x, this.#weight(`${name}.weight`), this.#weight(`${name}.bias`)];
    const epsilon = { real: this.#config.normEpsilon };
    return this.#graph.operator('LayerNormalization', inputs, { axis: 1, epsilon });
  }

  #sizes(sizes: readonly number[]): string {
    return this.#graph.constant(BigInt64Array.from(sizes, BigInt), [sizes.length]);
  }

  #weight(name: string): string {
    const { values, shape } = this.#tensor(name);
    return this.#graph.constant(values, shape);
  }

  #tensor(name: string): Tensor {
    const tensor = this.#weights.get(name);
    if (tensor === undefined) throw new Error(`there is no ${name}`);
    return tensor;
  }
}
