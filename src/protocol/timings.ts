import type { DeviceName } from './devices';

/** What a device was asked to do: the names of its op table, and moving numbers in and out. */
export const operations = [
  'gather',
  'linear',
  'linearPerHead',
  'add',
  'multiply',
  'norm',
  'activation',
  'rotary',
  'attentionScores',
  'attentionPattern',
  'attentionMix',
  'copyRows',
  'allocate',
  'read',
  'write',
] as const;

export type Operation = (typeof operations)[number];

/** The steps of the loop in which the model computes. */
export type TimedStep = 'embed' | 'attend' | 'feedforward' | 'predict';

/** Where the time of a run went. */
export interface Timings {
  readonly device: DeviceName;
  /**
   * `work` where an operation has been done when its call returns; `calls` where the device goes on by itself and the
   * waiting shows in what reads its results.
   */
  readonly measures: 'work' | 'calls';
  /** Wall time of the run, the `ms` of its `RunInfo`. What is in no operation lies between them. */
  readonly ms: number;
  /** In the order in which they ran; none overlaps another. */
  readonly operations: readonly TimedOperation[];
}

export interface TimedOperation extends OperationCost {
  readonly operation: Operation;
  readonly step: TimedStep;
  /** Undefined outside the blocks. */
  readonly block: number | undefined;
  /** From the start of the run. */
  readonly startMs: number;
  readonly ms: number;
}

/** What an operation takes by its shapes alone, whatever a kernel skips or repeats. */
export interface OperationCost {
  /** Additions, multiplications, divisions, comparisons; an exponential, tanh or root counts as one. */
  readonly flops: number;
  /** Of operands and results in float32, each once. */
  readonly bytes: number;
}
