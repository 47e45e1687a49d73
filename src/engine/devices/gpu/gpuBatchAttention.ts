import type { DeviceArray } from '../device';
import type { AttentionOp } from '../trainingDevice';
import { gpuArray } from './gpuMemory';
import type { GpuStore } from './gpuStore';
import { patternApply, patternStatistics } from './kernels/attention.kernel';
import {
  batchMix,
  batchScores,
  batchSpread,
  patternTotals,
  scoreGradient,
} from './kernels/batchAttention.kernel';

/** Attention over a batch, forward beside backward (Vaswani et al. 2017, eq. 1). */

export function attentionOn(
  store: GpuStore,
  op: AttentionOp & { readonly out: DeviceArray },
): void {
  const [fused, pattern] = [gpuArray(op.fused), gpuArray(op.pattern)];
  const { length, heads, headSize, group, matrices, rows, stride, keys, values } = places(op);
  const output = [headSize, heads, rows];
  store.compute(op.out, output, async () => {
    const all = await store.full(fused);
    const cells = [length, length, matrices];
    const scores = await store.launch(batchScores, cells, [
      all,
      all,
      ...([stride, keys, stride] as const),
      ...([length, heads, headSize, group] as const),
      { real: op.scale },
    ]);
    const mask = await store.launcher.upload(Float32Array.of(1));
    // Without a mask, the causal limit lies behind all positions.
    const past = op.mask === 'none' ? length : 0;
    const sizes = [length, length, past, 0] as const;
    const needs = [scores, mask, ...sizes] as const;
    const statistics = await store.launch(patternStatistics, [2, length, matrices], needs);
    const weights = await store.launch(patternApply, cells, [scores, mask, statistics, ...sizes]);
    for (const done of [scores, mask, statistics]) store.launcher.release(done);
    store.replace(pattern, weights);
    return store.launch(batchMix, output, [
      weights,
      all,
      ...([values, stride, length, heads, headSize, group] as const),
    ]);
  });
}

/** With dP = dOut·Vᵀ and dS = scale·P·(dP − Σ P ∘ dP): dQ = dS·K, dK = dSᵀ·Q, dV = Pᵀ·dOut. */
export function attentionBackwardOn(
  store: GpuStore,
  op: AttentionOp & { readonly dOut: DeviceArray; readonly dFused: DeviceArray },
): void {
  const [fused, pattern, dOut] = [gpuArray(op.fused), gpuArray(op.pattern), gpuArray(op.dOut)];
  const dFused = gpuArray(op.dFused);
  const place = places(op);
  const { length, heads, keyHeads, headSize, group, matrices, rows, stride } = place;
  const width = heads * headSize;
  store.queue.push(async () => {
    const [all, weights, slopes] = [
      await store.full(fused),
      await store.full(pattern),
      await store.full(dOut),
    ];
    const dPattern = await store.launch(
      batchScores,
      [length, length, matrices],
      [
        slopes,
        all,
        ...([width, place.values, stride] as const),
        ...([length, heads, headSize, group] as const),
        { real: 1 },
      ],
    );
    const lines = matrices * length;
    const totals = await store.launch(patternTotals, [lines], [weights, dPattern, length]);
    const needs = [weights, dPattern, totals, length, { real: op.scale }] as const;
    const dScores = await store.launch(scoreGradient, [length, lines], needs);
    const sizes = [length, heads, headSize, group] as const;
    const dQueries = await store.launch(
      batchMix,
      [headSize, heads, rows],
      [dScores, all, ...([place.keys, stride] as const), ...sizes],
    );
    const perKey = [headSize, keyHeads, rows];
    const dKeys = await store.launch(batchSpread, perKey, [dScores, all, stride, ...sizes]);
    const dValues = await store.launch(batchSpread, perKey, [weights, slopes, width, ...sizes]);
    for (const done of [dPattern, totals, dScores]) store.launcher.release(done);
    const part = (offset: number) => ({ array: dFused, offset, stride });
    const columns = keyHeads * headSize;
    await store.putRows(part(0), { values: dQueries, rows, columns: width });
    await store.putRows(part(place.keys), { values: dKeys, rows, columns });
    await store.putRows(part(place.values), { values: dValues, rows, columns });
  });
}

/** Sizes of a batch, and where keys and values begin in a row of `fused`. */
function places({ shape }: AttentionOp) {
  const { batch, length, heads, keyHeads, headSize } = shape;
  return {
    ...{ length, heads, keyHeads, headSize },
    group: heads / keyHeads,
    matrices: batch * heads,
    rows: batch * length,
    stride: (heads + 2 * keyHeads) * headSize,
    keys: heads * headSize,
    values: (heads + keyHeads) * headSize,
  };
}
