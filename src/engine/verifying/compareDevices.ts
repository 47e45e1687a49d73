/** A whole trace on several devices against the reference, number by number. */
import type { Device } from '../devices/device';
import type { Decoder } from '../model/decoder';
import { MemoryRecorder, type Recorded } from '../tracing/memoryRecorder';
import type { Recorder } from '../tracing/recorder';
import type { Pace } from '../work';

/** How far one activation of one device is from the reference, where it is farthest. */
export interface Difference {
  readonly name: string;
  /** Place of the device among those compared. */
  readonly device: number;
  /** Infinity where the device has something that is no finite number. */
  readonly absolute: number;
  /** As a share of `largest`. */
  readonly relative: number;
  /** Largest magnitude of the activation on the reference. */
  readonly largest: number;
  /** One index for each axis. */
  readonly index: readonly number[];
}

/**
 * Runs the same ids on the reference and on other devices, each pass waiting at every activation until all have made it,
 * so that no more than one activation of each is in memory. Tells the differences in the order of the forward pass.
 */
export async function compareDevices(
  decoders: { readonly reference: Decoder; readonly others: readonly Decoder[] },
  ids: Int32Array,
  on: { readonly pace: Pace; readonly tell: (difference: Difference) => Promise<void> | void },
): Promise<void> {
  const all = [decoders.reference, ...decoders.others];
  const meeting = new Meeting(all.length, async (name, [expected, ...made]) => {
    for (const [device, actual] of made.entries()) {
      await on.tell({ name, device, ...differenceOf(actual, expected) });
    }
  });
  await Promise.all(
    all.map((decoder, place) =>
      decoder.forward({
        ids,
        recorder: new MeetingRecorder(decoder.device, (name, recorded) =>
          meeting.bring(place, name, recorded),
        ),
        logits: 'none',
        breathe: on.pace.pause,
        signal: on.pace.signal,
      }),
    ),
  );
}

/** Where those who bring something wait until all others have brought theirs. */
class Meeting {
  readonly #size: number;
  readonly #whenAll: (name: string, brought: readonly Recorded[]) => Promise<void>;
  #brought: Recorded[] = [];
  #count = 0;
  #done: Promise<void>;
  #finish: (() => void) | undefined;

  constructor(
    size: number,
    whenAll: (name: string, brought: readonly Recorded[]) => Promise<void>,
  ) {
    this.#size = size;
    this.#whenAll = whenAll;
    this.#done = this.#next();
  }

  async bring(place: number, name: string, recorded: Recorded): Promise<void> {
    this.#brought[place] = recorded;
    const done = this.#done;
    if (++this.#count < this.#size) return done;
    const [brought, finish] = [this.#brought, this.#finish];
    this.#brought = [];
    this.#count = 0;
    this.#done = this.#next();
    await this.#whenAll(name, brought);
    finish?.();
  }

  #next(): Promise<void> {
    return new Promise((resolve) => (this.#finish = resolve));
  }
}

class MeetingRecorder implements Recorder {
  readonly #device: Device;
  readonly #bring: (name: string, recorded: Recorded) => Promise<void>;

  constructor(device: Device, bring: (name: string, recorded: Recorded) => Promise<void>) {
    this.#device = device;
    this.#bring = bring;
  }

  wants(): boolean {
    return true;
  }

  async keep(activation: Parameters<Recorder['keep']>[0]): Promise<void> {
    const one = new MemoryRecorder(this.#device, { keep: ['*'], limitBytes: Infinity });
    await one.keep(activation);
    const recorded = one.get(activation.name);
    if (recorded !== undefined) await this.#bring(activation.name, recorded);
  }
}

function differenceOf(
  actual: Recorded,
  expected: Recorded,
): Pick<Difference, 'absolute' | 'relative' | 'largest' | 'index'> {
  let worst = 0;
  let absolute = 0;
  let largest = 0;
  for (let place = 0; place < expected.values.length; place++) {
    largest = Math.max(largest, Math.abs(expected.values[place]));
    const apart = Math.abs(actual.values[place] - expected.values[place]);
    const difference = Number.isFinite(apart) ? apart : Infinity;
    if (difference > absolute) {
      absolute = difference;
      worst = place;
    }
  }
  // An activation of zeros has nothing to be a share of.
  const relative = absolute === 0 ? 0 : absolute / largest;
  return { absolute, relative, largest, index: indexOf(worst, expected.shape) };
}

function indexOf(place: number, shape: readonly number[]): number[] {
  let rest = place;
  const index = shape.toReversed().map((size) => {
    const at = rest % size;
    rest = (rest - at) / size;
    return at;
  });
  return index.reverse();
}
