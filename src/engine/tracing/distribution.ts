import type { Distribution, SamplingSettings } from '../../protocol/sampling';
import { checkWhole } from '../ids';
import { Prediction } from '../sampling/prediction';
import type { Pace } from '../work';
import { logitsAt, type Traced } from './activation';
import type { Run } from './runs';

/** The distribution after a position of a run. Throws `setting-invalid`. */
export async function distribution(
  traced: Traced,
  request: {
    readonly run: Run;
    /** Default the last. */
    readonly position?: number;
    readonly sampling: SamplingSettings;
    readonly step: number;
    readonly rows: number;
  },
  pace: Pace,
): Promise<Distribution> {
  const { run, step, rows, sampling, position = run.ids.length - 1 } = request;
  checkWhole('step', step, [0, Number.MAX_SAFE_INTEGER]);
  checkWhole('rows', rows, [0, Number.MAX_SAFE_INTEGER]);
  const logits = await logitsAt(traced, { run, position }, pace);
  const seen = run.ids.subarray(0, position + 1);
  return new Prediction(logits, sampling, seen).distribution(step, rows);
}
