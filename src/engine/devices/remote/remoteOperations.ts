import type { DeviceArray, Matrix, MatrixShape } from '../device';
import type { TrainingDevice } from '../trainingDevice';

/** The operations of the table that only compute: what is given says it all, and nothing comes back. */
export const remoteOperations = [
  'copyRows',
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
  'product',
  'columnSums',
  'gatherRows',
  'scatterRows',
  'normBackward',
  'activationBackward',
  'rotaryBackward',
  'attention',
  'attentionBackward',
  'crossEntropy',
  'sumOfSquares',
  'adam',
  'descend',
] as const satisfies readonly (keyof TrainingDevice)[];

export type RemoteOperation = (typeof remoteOperations)[number];

/** What the other calls are given; arrays and matrices are the caller's on this end, and the player's on the other. */
export interface RemoteCalls {
  readonly allocate: { readonly id: number; readonly length: number };
  readonly free: { readonly id: number };
  readonly clear: { readonly array: DeviceArray };
  readonly write: {
    readonly array: DeviceArray;
    readonly offset: number;
    readonly values: Float32Array;
  };
  readonly read: { readonly array: DeviceArray; readonly offset: number; readonly length: number };
  readonly matrix: MatrixShape & { readonly id: number; readonly values: Float32Array };
  readonly freeMatrix: { readonly id: number };
  readonly readColumn: { readonly matrix: Matrix; readonly output: number };
}
