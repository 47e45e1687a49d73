import type { DeviceArray } from '../device';
import type { TrainingDevice } from '../trainingDevice';
import { activateBackward } from './activationBackward';
import { attention, attentionBackward } from './attentionBackward';
import { columnSums, gatherRows, product, scatterRows } from './linearBackward';
import { crossEntropy } from './lossBackward';
import { normBackward } from './normBackward';
import { adam, descend, sumOfSquares } from './optimisers';
import { ReferenceDevice } from './referenceDevice';
import { valuesOf } from './referenceMemory';
import { rotateBack } from './rotaryBackward';

/** The whole op table in plain loops and float64, weights that learn included. */
export class ReferenceTrainingDevice extends ReferenceDevice implements TrainingDevice {
  readonly product = product;
  readonly columnSums = columnSums;
  readonly gatherRows = gatherRows;
  readonly scatterRows = scatterRows;
  readonly normBackward = normBackward;
  readonly activationBackward = activateBackward;
  readonly rotaryBackward = rotateBack;
  readonly attention = attention;
  readonly attentionBackward = attentionBackward;
  readonly crossEntropy = crossEntropy;
  readonly sumOfSquares = sumOfSquares;
  readonly adam = adam;
  readonly descend = descend;

  clear(array: DeviceArray): void {
    valuesOf(array).fill(0);
  }
}
