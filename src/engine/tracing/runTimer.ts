import type { DeviceName } from '../../protocol/devices';
import type {
  Operation,
  OperationCost,
  TimedOperation,
  TimedStep,
  Timings,
} from '../../protocol/timings';
import type { Stopwatch } from '../devices/timedDevice';

/** Takes down each operation of one run with the step and block that it belongs to. */
export class RunTimer implements Stopwatch {
  readonly now: () => number;
  readonly #started: number;
  readonly #operations: TimedOperation[] = [];
  #step: TimedStep = 'embed';
  #block: number | undefined;

  /** Starts now. */
  constructor(now: () => number) {
    this.now = now;
    this.#started = now();
  }

  /** What follows belongs to this step, of a block where it is in one. */
  readonly enter = (step: TimedStep, block?: number): void => {
    this.#step = step;
    this.#block = block;
  };

  note(operation: Operation, startedAt: number, { flops, bytes }: OperationCost): void {
    this.#operations.push({
      operation,
      step: this.#step,
      block: this.#block,
      startMs: startedAt - this.#started,
      ms: this.now() - startedAt,
      flops,
      bytes,
    });
  }

  /** Ends now. */
  timings(device: DeviceName): Timings {
    const measures = device === 'wasm' || device === 'reference' ? 'work' : 'calls';
    const ms = this.now() - this.#started;
    return { device, measures, ms, operations: this.#operations };
  }
}
