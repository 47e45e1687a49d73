import type { Activation } from '../../../protocol/modelConfig';
import type { HelperThreads } from '../../host';
import type { Device, DeviceArray } from '../device';
import type {
  AdamOp,
  AttentionOp,
  DescendOp,
  NormBackwardOp,
  ProductOp,
  TrainingDevice,
} from '../trainingDevice';
import { startKernels, type Kernels } from './kernelModule';
import { sharingOf, WasmDevice } from './wasmDevice';
import { elementNs, elements, moving, productNs, rowsOf, type Work } from './work';

/**
 * The whole op table in float32 on WebAssembly SIMD, weights that learn included.
 *
 * @param bytes a module built from `kernels/`, with shared memory if there are helpers
 * @throws `device-unavailable` where it cannot run
 */
export function createWasmTrainingDevice(
  bytes: Uint8Array,
  helpers?: HelperThreads,
): WasmTrainingDevice {
  return new WasmTrainingDevice(startKernels(bytes, sharingOf(helpers)), helpers);
}

export class WasmTrainingDevice extends WasmDevice implements TrainingDevice {
  clear(array: DeviceArray): void {
    this.resources.memory.clear(array);
  }

  product(op: ProductOp): void {
    const { memory, runner } = this.resources;
    const { a, b, out, rows, columns, depth, plus } = op;
    const [aRow, aDepth] = op.transposed === 'a' ? [1, a.stride] : [a.stride, 1];
    const bColumn = op.transposed === 'b' ? b.stride : 1;
    const bias = plus === 'out' || plus === undefined ? undefined : memory.address(plus);
    const nanoseconds = rows * columns * depth * productNs;
    // The longer side is cut, so that little is packed twice.
    const byRows = rows >= columns;
    const [row, column] = byRows ? [1, 0] : [0, 1];
    const work = { units: byRows ? rows : columns, multiple: byRows ? 5 : 16, nanoseconds };
    runner.run('multiplyAny', work, [
      byRows ? 'units' : rows,
      byRows ? columns : 'units',
      depth,
      moving(memory.viewAddress(a), row * aRow),
      aRow * 4,
      aDepth * 4,
      moving(memory.viewAddress(b), column * bColumn),
      b.stride * 4,
      op.transposed === 'b' ? 1 : 0,
      moving(memory.viewAddress(out), row * out.stride + column),
      out.stride * 4,
      1,
      plus === 'out' ? 1 : 0,
      bias === undefined ? 0 : moving(bias, column),
      'scratch',
    ]);
  }

  columnSums(op: Parameters<TrainingDevice['columnSums']>[0]): void {
    const { memory, runner } = this.resources;
    const { rows, columns } = op;
    const work = { units: columns, multiple: 16, nanoseconds: rows * columns * elementNs };
    const [x, sums] = [memory.address(op.x), memory.address(op.sums)];
    runner.run('columnSums', work, [rows, 'units', moving(x, 1), columns, moving(sums, 1)]);
  }

  gatherRows(op: Parameters<TrainingDevice['gatherRows']>[0]): void {
    const { kernels, memory } = this.resources;
    const [table, out] = [memory.address(op.table), memory.address(op.out)];
    memory.during(op.ids, (ids) => {
      kernels.gatherRows(op.ids.length, op.columns, ids, table, out);
    });
  }

  scatterRows(op: Parameters<TrainingDevice['scatterRows']>[0]): void {
    const { kernels, memory } = this.resources;
    const [table, dOut] = [memory.address(op.table), memory.address(op.dOut)];
    memory.during(op.ids, (ids) => {
      kernels.scatterRows(op.ids.length, op.columns, ids, table, dOut);
    });
  }

  normBackward(op: NormBackwardOp): void {
    const { kernels, memory } = this.resources;
    const kernel = op.kind === 'layer' ? kernels.layerNormGradient : kernels.rmsNormGradient;
    kernel(
      op.rows,
      op.columns,
      memory.address(op.x),
      memory.address(op.weight),
      memory.address(op.dOut),
      memory.address(op.dx),
      op.into === 'add' ? 1 : 0,
      memory.address(op.dWeight),
      memory.addressOrNone(op.dBias),
      op.epsilon,
    );
  }

  activationBackward(op: Parameters<TrainingDevice['activationBackward']>[0]): void {
    const { kernels, memory, runner } = this.resources;
    const { kind, length } = op;
    const [x, dOut, dx] = [memory.address(op.x), memory.address(op.dOut), memory.address(op.dx)];
    if (kind === 'identity' || kind === 'none') {
      kernels.copyRows(1, length, dOut, length, dx, length);
      return;
    }
    const operands = [moving(x, 1), moving(dOut, 1), moving(dx, 1)] as const;
    runner.run(slopeKernels[kind], elements(length), [...operands, 'units']);
  }

  rotaryBackward(op: Parameters<Device['rotary']>[0]): void {
    this.rotate(op, -1);
  }

  attention(op: Parameters<TrainingDevice['attention']>[0]): void {
    const { memory, runner } = this.resources;
    const { shape } = op;
    const steps = sequenceSteps(shape);
    runner.run('causalAttention', workOfSequences(shape, 2), [
      ...sequenceArguments(shape),
      moving(memory.address(op.fused), steps.fused),
      moving(memory.address(op.pattern), steps.pattern),
      moving(memory.address(op.out), steps.out),
      keysAhead(op),
      op.scale,
      'scratch',
    ]);
  }

  attentionBackward(op: Parameters<TrainingDevice['attentionBackward']>[0]): void {
    const { kernels, memory, runner } = this.resources;
    const { shape } = op;
    const steps = sequenceSteps(shape);
    const [fused, pattern] = [memory.address(op.fused), memory.address(op.pattern)];
    const [dOut, dFused] = [memory.address(op.dOut), memory.address(op.dFused)];
    const roomBytes = kernels.gradientRoomBytes(shape.length);
    memory.withRoom(roomBytes * shape.batch, (room) => {
      runner.run('causalAttentionGradient', workOfSequences(shape, 4), [
        ...sequenceArguments(shape),
        moving(fused, steps.fused),
        moving(pattern, steps.pattern),
        moving(dOut, steps.out),
        moving(dFused, steps.fused),
        moving(room, roomBytes / 4),
        keysAhead(op),
        op.scale,
        'scratch',
      ]);
    });
  }

  crossEntropy(op: Parameters<TrainingDevice['crossEntropy']>[0]): void {
    const { memory, runner } = this.resources;
    const { targets, columns, scale } = op;
    const [logits, losses] = [memory.address(op.logits), memory.address(op.losses, op.offset)];
    memory.during(targets, (list) => {
      const cells = [moving(logits, columns), moving(list, 1), moving(losses, 1)] as const;
      runner.run('crossEntropy', rowsOf(targets.length, columns), [
        'units',
        columns,
        ...cells,
        scale,
      ]);
    });
  }

  sumOfSquares(op: Parameters<TrainingDevice['sumOfSquares']>[0]): void {
    const { kernels, memory } = this.resources;
    kernels.sumOfSquares(op.x.length, memory.address(op.x), memory.address(op.out, op.index));
  }

  adam(op: AdamOp): void {
    const { memory, runner } = this.resources;
    const decoupled = op.decayKind === 'decoupled';
    runner.run('adam', elements(op.weight.length), [
      'units',
      moving(memory.address(op.weight), 1),
      moving(memory.address(op.gradient), 1),
      moving(memory.address(op.mean), 1),
      moving(memory.address(op.square), 1),
      op.rate / (1 - op.beta1 ** op.step),
      op.beta1,
      op.beta2,
      op.epsilon,
      1 / (1 - op.beta2 ** op.step),
      decoupled ? 1 - op.rate * op.decay : 1,
      decoupled ? 0 : op.decay,
      op.gradientScale,
    ]);
  }

  descend(op: DescendOp): void {
    const { memory, runner } = this.resources;
    runner.run('descend', elements(op.weight.length), [
      'units',
      moving(memory.address(op.weight), 1),
      moving(memory.address(op.gradient), 1),
      op.velocity === undefined ? 0 : moving(memory.address(op.velocity), 1),
      op.rate,
      op.momentum,
      op.decay,
      op.gradientScale,
    ]);
  }
}

const slopeKernels = {
  gelu_new: 'geluNewGradient',
  gelu: 'geluGradient',
  relu: 'reluGradient',
  silu_gated: 'siluGradient',
} as const satisfies Partial<Record<Activation, keyof Kernels>>;

type SequenceShape = Parameters<TrainingDevice['attention']>[0]['shape'];

/** How many positions behind a query it sees. */
function keysAhead({ mask, shape }: AttentionOp): number {
  return mask === 'none' ? shape.length : 0;
}

/** Count of sequences and the sizes that attention has forth and back. */
function sequenceArguments({ length, heads, keyHeads, headSize }: SequenceShape) {
  return ['units', length, heads, keyHeads, headSize] as const;
}

/** Elements from one sequence to the next. */
function sequenceSteps({ length, heads, keyHeads, headSize }: SequenceShape) {
  return {
    fused: length * (heads + 2 * keyHeads) * headSize,
    pattern: heads * length * length,
    out: length * heads * headSize,
  };
}

/** Sequences are independent, and half of the products is left out. */
function workOfSequences(shape: SequenceShape, products: number): Work {
  const { batch, length, heads, headSize } = shape;
  const nanoseconds = (batch * heads * length * length * headSize * products * productNs) / 2;
  return { units: batch, multiple: 1, nanoseconds };
}
