import type { Activation } from '../../../protocol/modelConfig';
import type { Device, DeviceArray } from '../device';
import type {
  AdamOp,
  DescendOp,
  NormBackwardOp,
  ProductOp,
  TrainingDevice,
} from '../trainingDevice';
import { startKernels, type Kernels } from './kernelModule';
import type { SlopeKernel } from './trainingKernels';
import { WasmDevice } from './wasmDevice';

/**
 * The whole op table in float32 on WebAssembly SIMD, weights that learn included.
 *
 * @param bytes the module built from `kernels/`
 * @throws `device-unavailable` where it cannot run
 */
export function createWasmTrainingDevice(bytes: Uint8Array): TrainingDevice {
  return new WasmTrainingDevice(startKernels(bytes));
}

class WasmTrainingDevice extends WasmDevice implements TrainingDevice {
  clear(array: DeviceArray): void {
    this.resources.memory.clear(array);
  }

  product(op: ProductOp): void {
    const { kernels, memory, scratch } = this.resources;
    const { a, b, out, rows, columns, depth, plus } = op;
    const [aRow, aDepth] = op.transposed === 'a' ? [1, a.stride] : [a.stride, 1];
    kernels.multiplyAny(
      rows,
      columns,
      depth,
      memory.viewAddress(a),
      aRow * 4,
      aDepth * 4,
      memory.viewAddress(b),
      b.stride * 4,
      op.transposed === 'b' ? 1 : 0,
      memory.viewAddress(out),
      out.stride * 4,
      1,
      plus === 'out' ? 1 : 0,
      plus === 'out' ? 0 : memory.addressOrNone(plus),
      scratch,
    );
  }

  columnSums(op: Parameters<TrainingDevice['columnSums']>[0]): void {
    const { kernels, memory } = this.resources;
    kernels.columnSums(op.rows, op.columns, memory.address(op.x), memory.address(op.sums));
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
    const { kernels, memory } = this.resources;
    const { kind, length } = op;
    const [x, dOut, dx] = [memory.address(op.x), memory.address(op.dOut), memory.address(op.dx)];
    if (kind === 'identity' || kind === 'none') {
      kernels.copyRows(1, length, dOut, length, dx, length);
      return;
    }
    slopeKernel(kernels, kind)(x, dOut, dx, length);
  }

  rotaryBackward(op: Parameters<Device['rotary']>[0]): void {
    this.rotate(op, -1);
  }

  attention(op: Parameters<TrainingDevice['attention']>[0]): void {
    const { kernels, memory, scratch } = this.resources;
    const { batch, length, heads, keyHeads, headSize } = op.shape;
    kernels.causalAttention(
      batch,
      length,
      heads,
      keyHeads,
      headSize,
      memory.address(op.fused),
      memory.address(op.pattern),
      memory.address(op.out),
      op.scale,
      scratch,
    );
  }

  attentionBackward(op: Parameters<TrainingDevice['attentionBackward']>[0]): void {
    const { kernels, memory, scratch } = this.resources;
    const { batch, length, heads, keyHeads, headSize } = op.shape;
    const [fused, pattern] = [memory.address(op.fused), memory.address(op.pattern)];
    const [dOut, dFused] = [memory.address(op.dOut), memory.address(op.dFused)];
    memory.withRoom(kernels.gradientRoomBytes(length), (room) => {
      kernels.causalAttentionGradient(
        batch,
        length,
        heads,
        keyHeads,
        headSize,
        fused,
        pattern,
        dOut,
        dFused,
        room,
        op.scale,
        scratch,
      );
    });
  }

  crossEntropy(op: Parameters<TrainingDevice['crossEntropy']>[0]): void {
    const { kernels, memory } = this.resources;
    const { targets, columns, scale } = op;
    const [logits, losses] = [memory.address(op.logits), memory.address(op.losses, op.offset)];
    memory.during(targets, (list) => {
      kernels.crossEntropy(targets.length, columns, logits, list, losses, scale);
    });
  }

  sumOfSquares(op: Parameters<TrainingDevice['sumOfSquares']>[0]): void {
    const { kernels, memory } = this.resources;
    kernels.sumOfSquares(op.x.length, memory.address(op.x), memory.address(op.out, op.index));
  }

  adam(op: AdamOp): void {
    const { kernels, memory } = this.resources;
    const decoupled = op.decayKind === 'decoupled';
    kernels.adam(
      op.weight.length,
      memory.address(op.weight),
      memory.address(op.gradient),
      memory.address(op.mean),
      memory.address(op.square),
      op.rate / (1 - op.beta1 ** op.step),
      op.beta1,
      op.beta2,
      op.epsilon,
      1 / (1 - op.beta2 ** op.step),
      decoupled ? 1 - op.rate * op.decay : 1,
      decoupled ? 0 : op.decay,
      op.gradientScale,
    );
  }

  descend(op: DescendOp): void {
    const { kernels, memory } = this.resources;
    kernels.descend(
      op.weight.length,
      memory.address(op.weight),
      memory.address(op.gradient),
      memory.addressOrNone(op.velocity),
      op.rate,
      op.momentum,
      op.decay,
      op.gradientScale,
    );
  }
}

function slopeKernel(
  kernels: Kernels,
  kind: Exclude<Activation, 'identity' | 'none'>,
): SlopeKernel {
  switch (kind) {
    case 'gelu_new':
      return kernels.geluNewGradient;
    case 'gelu':
      return kernels.geluGradient;
    case 'relu':
      return kernels.reluGradient;
    case 'silu_gated':
      return kernels.siluGradient;
  }
}
