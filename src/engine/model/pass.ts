import type { ModelConfig } from '../../protocol/modelConfig';
import type { TimedStep } from '../../protocol/timings';
import type { Device, DeviceArray } from '../devices/device';
import type { Recorder } from '../tracing/recorder';
import type { KeyValueCache } from './keyValueCache';
import type { Scratch } from './scratch';
import { fusedWidth } from './shapes';

/** One forward pass: what it runs on, how much of it, who listens, and the arrays that its blocks share. */
export interface Pass {
  readonly device: Device;
  readonly config: ModelConfig;
  /** New positions, T. */
  readonly rows: number;
  /** Positions before them, held by the cache. */
  readonly past: number;
  readonly cache: KeyValueCache | undefined;
  readonly recorder: Recorder | undefined;
  /** What each query may see, [T, past + T]; without it the mask is causal. */
  readonly mask: Uint8Array | undefined;
  /** Where each new position stands instead of behind the past, [T], −1 for nowhere. */
  readonly positions: Int32Array | undefined;
  /**
   * Called after every long operation: lets messages in where operations of this pass are long, and throws `cancelled`
   * once the answer is no longer wanted.
   */
  readonly pause: () => Promise<void>;
  /** Told which step, of which block, the operations that follow belong to. */
  readonly enter: (step: TimedStep, block?: number) => void;
  readonly arrays: PassArrays;
}

interface PassArrays {
  /** The hidden state, [T, C]. */
  readonly residual: DeviceArray;
  /** The hidden state after a norm, [T, C]. */
  readonly normalized: DeviceArray;
  /** What a layer adds to the hidden state, [T, C]. */
  readonly update: DeviceArray;
  /** Queries, keys and values side by side, [T, (H + 2·Hkv)·D]. */
  readonly fused: DeviceArray;
  /** Weighted sums of values, [T, H, D]. */
  readonly mixed: DeviceArray;
  /** [T, F] */
  readonly hidden: DeviceArray;
  /** The gate's half of a gated feed-forward network, [T, F]. */
  readonly gate: DeviceArray;
}

export function allocateArrays(scratch: Scratch, config: ModelConfig, rows: number): PassArrays {
  const width = rows * config.width;
  const blocks = config.layers > 0 ? rows : 0;
  const gated = config.activation === 'silu_gated' ? blocks : 0;
  return {
    residual: scratch.allocate(width),
    normalized: scratch.allocate(width),
    update: scratch.allocate(width),
    fused: scratch.allocate(blocks * fusedWidth(config)),
    mixed: scratch.allocate(blocks * config.heads * config.headSize),
    hidden: scratch.allocate(blocks * config.hidden),
    gate: scratch.allocate(gated * config.hidden),
  };
}

/** Hands an activation to the recorder when it is wanted. Dense unless `offset` and `stride` say otherwise. */
export async function record(
  pass: Pick<Pass, 'recorder'>,
  name: string,
  activation: Omit<Parameters<Recorder['keep']>[0], 'name'>,
): Promise<void> {
  if (pass.recorder?.wants(name) === true) await pass.recorder.keep({ name, ...activation });
}

/** Records an array of one row per position and C channels. */
export async function recordRows(pass: Pass, name: string, array: DeviceArray): Promise<void> {
  await record(pass, name, { shape: [pass.rows, pass.config.width], array });
}

/** What a model without a mask sees: every position, [rows, past + rows]. */
export function configMask(
  config: ModelConfig,
  rows: number,
  past: number,
): Uint8Array | undefined {
  return config.mask === 'none' ? new Uint8Array(rows * (past + rows)).fill(1) : undefined;
}
