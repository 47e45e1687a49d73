import type { DeviceArray } from '../device';
import type {
  AdamOp,
  AttentionOp,
  DescendOp,
  NormBackwardOp,
  ProductOp,
  TrainingDevice,
} from '../trainingDevice';
import { attentionBackwardOn, attentionOn } from './gpuBatchAttention';
import { GpuDevice } from './gpuDevice';
import { gpuArray } from './gpuMemory';
import { patternStatistics } from './kernels/attention.kernel';
import { gather } from './kernels/linear.kernel';
import { normStatistics } from './kernels/norm.kernel';
import { keep } from './kernels/rows.kernel';
import { geluNewSlope, geluSlope, reluSlope, siluSlope } from './kernels/slopes.kernel';
import {
  adamMean,
  adamSquare,
  adamWeight,
  columnSums,
  descend,
  logitGradient,
  losses,
  momentum,
  normInputGradient,
  normMeans,
  normWeightGradient,
  product,
  scatterRows,
  squareParts,
} from './kernels/training.kernel';

/** The whole op table with kernels of GPU.js. Gradients that are added to become new arrays, as everything does here. */
export class GpuTrainingDevice extends GpuDevice implements TrainingDevice {
  clear(array: DeviceArray): void {
    const own = gpuArray(array);
    this.store.queue.push(() => {
      this.store.replace(own, undefined);
    });
  }

  product(op: ProductOp): void {
    const { store } = this;
    const { rows, columns } = op;
    const [a, b, out] = [gpuArray(op.a.array), gpuArray(op.b.array), gpuArray(op.out.array)];
    const [aRow, aDepth] = op.transposed === 'a' ? [1, op.a.stride] : [op.a.stride, 1];
    const [bColumn, bDepth] = op.transposed === 'b' ? [op.b.stride, 1] : [1, op.b.stride];
    const row = typeof op.plus === 'object' ? gpuArray(op.plus) : undefined;
    store.queue.push(async () => {
      const start = op.plus === 'out' ? out : row;
      const place = op.plus === 'out' ? op.out : { offset: 0, stride: 0 };
      const values = await store.launch(
        product,
        [columns, rows],
        [
          await store.full(a),
          await store.full(b),
          await store.orNothing(start),
          op.a.offset,
          aRow,
          aDepth,
          op.b.offset,
          bColumn,
          bDepth,
          place.offset,
          place.stride,
          start === undefined ? 0 : 1,
          op.depth,
        ],
      );
      await store.putRows({ ...op.out, array: out }, { values, rows, columns });
    });
  }

  columnSums(op: Parameters<TrainingDevice['columnSums']>[0]): void {
    const { store } = this;
    const [x, sums] = [gpuArray(op.x), gpuArray(op.sums)];
    store.compute(op.sums, [op.columns], async () =>
      store.launch(
        columnSums,
        [op.columns],
        [await store.full(x), await store.full(sums), op.rows, op.columns],
      ),
    );
  }

  gatherRows(op: Parameters<TrainingDevice['gatherRows']>[0]): void {
    const { store } = this;
    const table = gpuArray(op.table);
    const ids = Float32Array.from(op.ids);
    const output = [op.columns, ids.length];
    store.compute(op.out, output, () =>
      store.during(ids, async (list) =>
        store.launch(gather, output, [list, await store.full(table), 1, op.columns]),
      ),
    );
  }

  scatterRows(op: Parameters<TrainingDevice['scatterRows']>[0]): void {
    const { store } = this;
    const [table, dOut] = [gpuArray(op.table), gpuArray(op.dOut)];
    const ids = Float32Array.from(op.ids);
    const output = [op.columns, table.length / op.columns];
    store.compute(op.table, output, () =>
      store.during(ids, async (list) =>
        store.launch(scatterRows, output, [
          list,
          await store.full(table),
          await store.full(dOut),
          ids.length,
          op.columns,
        ]),
      ),
    );
  }

  normBackward(op: NormBackwardOp): void {
    const { store } = this;
    const { rows, columns } = op;
    const [x, weight, dOut, dx] = [op.x, op.weight, op.dOut, op.dx].map(gpuArray);
    const dWeight = gpuArray(op.dWeight);
    const centred = op.kind === 'layer' ? 1 : 0;
    if (op.dBias !== undefined) this.columnSums({ x: op.dOut, sums: op.dBias, rows, columns });
    store.queue.push(async () => {
      const [values, scales, slopes] = [
        await store.full(x),
        await store.full(weight),
        await store.full(dOut),
      ];
      const row = [values, columns, { real: op.epsilon }, centred] as const;
      const statistics = await store.launch(normStatistics, [2, rows], row);
      const needs = [values, statistics, scales, slopes, columns, centred] as const;
      const means = await store.launch(normMeans, [2, rows], needs);
      const added = await store.launch(
        normWeightGradient,
        [columns],
        [values, statistics, slopes, await store.full(dWeight), rows, columns, centred],
      );
      const change = await store.launch(
        normInputGradient,
        [columns, rows],
        [
          values,
          statistics,
          scales,
          slopes,
          means,
          await store.orNothing(op.into === 'add' ? dx : undefined),
          columns,
          centred,
          op.into === 'add' ? 1 : 0,
        ],
      );
      store.launcher.release(statistics);
      store.launcher.release(means);
      store.replace(dWeight, added);
      const whole = { array: dx, offset: 0, stride: columns };
      await store.putRows(whole, { values: change, rows, columns });
    });
  }

  activationBackward(op: Parameters<TrainingDevice['activationBackward']>[0]): void {
    const { store } = this;
    const [x, dOut] = [gpuArray(op.x), gpuArray(op.dOut)];
    const output = [op.length];
    store.compute(op.dx, output, async () => {
      const { kind } = op;
      if (kind === 'identity' || kind === 'none') {
        return store.launch(keep, output, [await store.full(dOut)]);
      }
      return store.launch(slopeKernels[kind], output, [
        await store.full(x),
        await store.full(dOut),
      ]);
    });
  }

  rotaryBackward(op: Parameters<TrainingDevice['rotaryBackward']>[0]): void {
    this.rotate(op, -1);
  }

  attention(op: AttentionOp & { out: DeviceArray }): void {
    attentionOn(this.store, op);
  }

  attentionBackward(op: AttentionOp & { dOut: DeviceArray; dFused: DeviceArray }): void {
    attentionBackwardOn(this.store, op);
  }

  crossEntropy(op: Parameters<TrainingDevice['crossEntropy']>[0]): void {
    const { store } = this;
    const { columns } = op;
    const logits = gpuArray(op.logits);
    const lost = { array: gpuArray(op.losses), offset: op.offset, stride: 1 };
    const targets = Float32Array.from(op.targets);
    const rows = targets.length;
    store.compute(op.logits, [columns, rows], () =>
      store.during(targets, async (list) => {
        const values = await store.full(logits);
        const all = await store.launcher.upload(Float32Array.of(1));
        // Every column is seen: the causal limit lies behind the last one.
        const needs = [values, all, rows, columns, columns, 0] as const;
        const statistics = await store.launch(patternStatistics, [2, rows, 1], needs);
        const found = await store.launch(losses, [rows], [values, statistics, list, columns]);
        await store.putRows(lost, { values: found, rows, columns: 1 });
        const slopes = [values, statistics, list, columns, { real: op.scale }] as const;
        const result = await store.launch(logitGradient, [columns, rows], slopes);
        store.launcher.release(all);
        store.launcher.release(statistics);
        return result;
      }),
    );
  }

  sumOfSquares(op: Parameters<TrainingDevice['sumOfSquares']>[0]): void {
    const { store } = this;
    const x = gpuArray(op.x);
    const target = { array: gpuArray(op.out), offset: op.index, stride: 1 };
    store.queue.push(async () => {
      const parts = Math.min(256, x.length);
      const needs = [await store.full(x), x.length, parts] as const;
      const squares = await store.launch(squareParts, [parts], needs);
      const zero = await store.launcher.upload(new Float32Array(1));
      const values = await store.launch(columnSums, [1], [squares, zero, parts, 1]);
      store.launcher.release(squares);
      store.launcher.release(zero);
      await store.putRows(target, { values, rows: 1, columns: 1 });
    });
  }

  adam(op: AdamOp): void {
    const { store } = this;
    const [weight, gradient, mean, square] = [op.weight, op.gradient, op.mean, op.square].map(
      gpuArray,
    );
    const output = [weight.length];
    const decoupled = op.decayKind === 'decoupled';
    const seen = [{ real: op.gradientScale }, { real: decoupled ? 0 : op.decay }] as const;
    store.queue.push(async () => {
      const [w, g] = [await store.full(weight), await store.full(gradient)];
      const [m, v] = [await store.full(mean), await store.full(square)];
      const nextMean = await store.launch(adamMean, output, [m, g, w, { real: op.beta1 }, ...seen]);
      const nextSquare = await store.launch(adamSquare, output, [
        v,
        g,
        w,
        { real: op.beta2 },
        ...seen,
      ]);
      const nextWeight = await store.launch(adamWeight, output, [
        w,
        nextMean,
        nextSquare,
        { real: decoupled ? op.rate * op.decay : 0 },
        { real: op.rate / (1 - op.beta1 ** op.step) },
        { real: 1 / (1 - op.beta2 ** op.step) },
        { real: op.epsilon },
      ]);
      store.replace(mean, nextMean);
      store.replace(square, nextSquare);
      store.replace(weight, nextWeight);
    });
  }

  descend(op: DescendOp): void {
    const { store } = this;
    const [weight, gradient] = [gpuArray(op.weight), gpuArray(op.gradient)];
    const velocity = op.velocity === undefined ? undefined : gpuArray(op.velocity);
    const output = [weight.length];
    store.queue.push(async () => {
      const held = await store.full(weight);
      const move = await store.launch(momentum, output, [
        await store.orNothing(velocity),
        await store.full(gradient),
        held,
        { real: op.momentum },
        { real: op.gradientScale },
        { real: op.decay },
        velocity === undefined ? 0 : 1,
      ]);
      const next = await store.launch(descend, output, [held, move, { real: op.rate }]);
      store.replace(weight, next);
      if (velocity === undefined) store.launcher.release(move);
      else store.replace(velocity, move);
    });
  }
}

const slopeKernels = {
  gelu_new: geluNewSlope,
  gelu: geluSlope,
  relu: reluSlope,
  silu_gated: siluSlope,
} as const;
