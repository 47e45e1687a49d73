import type { DeviceName } from '../../../protocol/devices';
import type { Chunks, Device, LinearOp, Matrix, MatrixShape } from '../device';
import { gpuArray, gpuMatrix, GpuMatrix, type MatrixPart } from './gpuMemory';
import type { GpuStore } from './gpuStore';
import { gather, gatherPart, linear, linearPerHead } from './kernels/linear.kernel';
import type { Handle } from './launcher';

/**
 * Weights on a GPU, and what is computed with them. GPUs limit how large an array may be that a kernel reads, often to
 * 128 MB, which the embedding table of a small model exceeds: such a matrix lies in parts of some outputs each.
 */
export class GpuMatrices {
  readonly #store: GpuStore;
  readonly #device: DeviceName;
  /** Undefined for what the launcher's backend allows. */
  readonly #mostNumbers: number | undefined;

  constructor(store: GpuStore, device: DeviceName, mostNumbers: number | undefined) {
    this.#store = store;
    this.#device = device;
    this.#mostNumbers = mostNumbers;
  }

  async matrix(shape: MatrixShape, chunks: Chunks): Promise<Matrix> {
    const { queue, launcher } = this.#store;
    const drafts = draftsOf(shape, this.#mostNumbers ?? launcher.mostNumbers);
    for await (const { offset, values } of chunks) fill(drafts, shape, { offset, values });
    const parts: MatrixPart[] = [];
    for (const { values, ...part } of drafts) {
      const handle = await queue.result(() => launcher.upload(values));
      parts.push({ ...part, handle });
    }
    return new GpuMatrix(this.#device, shape, parts);
  }

  freeMatrix(matrix: Matrix): void {
    const parts = gpuMatrix(matrix).takeParts();
    this.#store.queue.pushAlways(() => {
      for (const { handle } of parts) this.#store.launcher.release(handle);
    });
  }

  readColumn(matrix: Matrix, output: number): Promise<Float32Array> {
    const { parts, inputs } = gpuMatrix(matrix);
    const part = parts.findLast(({ first }) => first <= output);
    if (part === undefined) throw new RangeError(`There is no output ${output}.`);
    const offset = (output - part.first) * part.outputStride;
    const at = { offset, stride: part.inputStride, length: inputs };
    return this.#store.queue.result(() => this.#store.section(part.handle, at));
  }

  gather(op: Parameters<Device['gather']>[0]): void {
    const store = this.#store;
    const { parts, inputs } = gpuMatrix(op.table);
    const ids = Float32Array.from(op.ids);
    const output = [inputs, ids.length];
    store.compute(op.out, output, () =>
      store.during(ids, (list) => {
        const [part] = parts;
        if (parts.length > 1) return this.#gatherParts(list, parts, output);
        const strides = [part.inputStride, part.outputStride] as const;
        return store.launch(gather, output, [list, part.handle, ...strides]);
      }),
    );
  }

  linear(op: LinearOp): void {
    const store = this.#store;
    const { parts, inputs, outputs } = gpuMatrix(op.weight);
    const { rows } = op;
    const [x, out] = [gpuArray(op.x), gpuArray(op.out)];
    const bias = op.bias === undefined ? undefined : gpuArray(op.bias);
    store.queue.push(async () => {
      for (const part of parts) {
        const columns = part.outputs;
        const values = await store.launch(linear, rows === 1 ? [columns] : [columns, rows], [
          await store.full(x),
          part.handle,
          await store.orNothing(bias),
          op.xOffset ?? 0,
          inputs,
          part.inputStride,
          part.outputStride,
          bias === undefined ? 0 : 1,
          part.first,
        ]);
        const target = { array: out, offset: part.first, stride: outputs };
        await store.putRows(target, { values, rows, columns });
      }
    });
  }

  linearPerHead(op: Parameters<Device['linearPerHead']>[0]): void {
    const store = this.#store;
    const { parts, outputs } = gpuMatrix(op.weight);
    const { rows, heads, headSize } = op;
    const [z, out] = [gpuArray(op.z), gpuArray(op.out)];
    store.queue.push(async () => {
      for (const part of parts) {
        const columns = part.outputs;
        const values = await store.launch(
          linearPerHead,
          [columns, heads, rows],
          [await store.full(z), part.handle, heads, headSize, part.inputStride, part.outputStride],
        );
        const target = { array: out, offset: part.first, stride: outputs };
        await store.putRows(target, { values, rows: rows * heads, columns });
      }
    });
  }

  /** Each part gives the rows that it has, and passes on the others. */
  async #gatherParts(
    ids: Handle,
    parts: readonly MatrixPart[],
    output: readonly number[],
  ): Promise<Handle> {
    const store = this.#store;
    let found: Handle | undefined;
    for (const { handle, first, outputs, inputStride, outputStride } of parts) {
      const next = await store.launch(gatherPart, output, [
        found ?? (await store.orNothing(undefined)),
        ids,
        handle,
        first,
        outputs,
        output[0],
        inputStride,
        outputStride,
        found === undefined ? 0 : 1,
      ]);
      if (found !== undefined) store.launcher.release(found);
      found = next;
    }
    return found ?? store.orNothing(undefined);
  }
}

/** A part whose numbers are not on the device yet. */
interface Draft extends Omit<MatrixPart, 'handle'> {
  readonly values: Float32Array;
}

/** As few parts of about the same size as the limit allows, one output each at least. */
function draftsOf({ inputs, outputs, layout }: MatrixShape, mostNumbers: number): Draft[] {
  const most = Math.max(1, Math.floor(mostNumbers / inputs));
  const step = Math.ceil(outputs / Math.max(1, Math.ceil(outputs / most)));
  return Array.from({ length: Math.ceil(outputs / step) }, (_, n) => {
    const first = n * step;
    const count = Math.min(step, outputs - first);
    const strides =
      layout === 'in-out'
        ? { inputStride: count, outputStride: 1 }
        : { inputStride: 1, outputStride: inputs };
    return { first, outputs: count, ...strides, values: new Float32Array(inputs * count) };
  });
}

/** Puts numbers, which start at element `offset` of the file's tensor, in their places, a run of neighbours at a time. */
function fill(
  drafts: readonly Draft[],
  { inputs, outputs, layout }: MatrixShape,
  { offset, values }: { readonly offset: number; readonly values: Float32Array },
): void {
  const width = layout === 'in-out' ? outputs : inputs;
  const step = drafts[0].outputs;
  for (let at = 0; at < values.length;) {
    const [row, column] = [Math.floor((offset + at) / width), (offset + at) % width];
    const [input, output] = layout === 'in-out' ? [row, column] : [column, row];
    const draft = drafts[Math.floor(output / step)];
    const end = layout === 'in-out' ? draft.first + draft.outputs : inputs;
    const run = values.subarray(at, at + end - column);
    const place = input * draft.inputStride + (output - draft.first) * draft.outputStride;
    draft.values.set(run, place);
    at += run.length;
  }
}
