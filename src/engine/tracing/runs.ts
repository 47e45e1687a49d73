import { fail } from '../../protocol/failures';
import type { HeadStatistics, NumberBlock, RunId, RunInfo } from '../../protocol/runs';
import type { Timings } from '../../protocol/timings';
import type { EngineHost } from '../host';
import { checkIds, windowOf } from '../ids';
import { throwIfCancelled } from '../model/cancellation';
import type { Decoder } from '../model/decoder';
import { checkEdits, type Edited } from '../passEdits';
import { Turns } from '../turns';
import type { Pace } from '../work';
import { activationBytes, keptNames, namesBeside } from './activationShapes';
import { ActivationStore } from './activationStore';
import { finalStateNames, sumOf } from './hiddenStates';
import { RunTimer } from './runTimer';
import { surprisals, type Surprisals } from './surprisal';
import { VisitingRecorder, type Visit } from './visitingRecorder';

/** How many runs can still be asked about. Beyond their activations they are a few numbers per token. */
const rememberedRuns = 128;

/** What a run is made of. */
interface Start extends Edited {
  readonly ids: Int32Array;
}

/** Who is shown activations, at what pace. */
interface Visiting {
  readonly pace: Pace;
  readonly visit: Visit;
  /** Another than the usual one: the timed one. */
  readonly decoder?: Decoder;
}

/** What a forward pass is told by. */
type Pass = Pick<Run, 'id' | 'ids' | 'mask' | 'positions'>;

/** One forward pass, determined by its ids, its mask and its positions. */
export interface Run {
  readonly id: RunId;
  /** What went through the model: the window. */
  readonly ids: Int32Array;
  /** What each query may see, [T, T], where that was edited. */
  readonly mask: Uint8Array | undefined;
  /** Where each token stands, [T], where that was edited. */
  readonly positions: Int32Array | undefined;
  /** Those who compute missing activations wait for each other, so that nothing is computed twice. */
  readonly turns: Turns;
  /** By block, summed up once; only numbers per head. */
  readonly headStatistics: Map<number, HeadStatistics>;
  /** Where the time of the pass that made it went. */
  readonly timings: Timings;
}

/**
 * The runs of one model. Activations are held within a memory limit, and what is not held is computed again when it is
 * asked for.
 */
export class Runs {
  readonly #decoder: Decoder;
  readonly #host: Pick<EngineHost, 'now'>;
  readonly #nextId: () => RunId;
  readonly #store: ActivationStore;
  readonly #limitBytes: number;
  /** In order of last use, the latest last. */
  readonly #runs = new Map<RunId, Run>();

  constructor(parts: {
    readonly decoder: Decoder;
    readonly host: Pick<EngineHost, 'now'>;
    readonly limitBytes: number;
    readonly nextId: () => RunId;
  }) {
    this.#decoder = parts.decoder;
    this.#host = parts.host;
    this.#nextId = parts.nextId;
    this.#limitBytes = parts.limitBytes;
    this.#store = new ActivationStore(parts.limitBytes);
  }

  /**
   * Runs the last ids that fit the context. Throws `text-empty`, `id-out-of-range`, `cancelled`; `setting-invalid` for a
   * mask or positions of other size, a query that sees nothing, a position that there is not.
   */
  async start({ ids, mask, positions }: Start, pace: Pace): Promise<RunInfo> {
    const { config, device } = this.#decoder;
    checkIds(ids, config.vocabulary);
    const timer = new RunTimer(() => this.#host.now());
    const window = windowOf(ids, config.context);
    checkEdits({ mask, positions }, { tokens: window.ids.length, context: config.context });
    const made = {
      id: this.#nextId(),
      ids: window.ids,
      mask: mask?.slice(),
      positions: positions?.slice(),
    };
    const predictions = await this.#predictions(made, this.#decoder.timed(timer), pace);
    const timings = timer.timings(device.name);
    const run = {
      ...made,
      turns: new Turns(),
      headStatistics: new Map<number, HeadStatistics>(),
      timings,
    };
    this.#remember(run);
    return {
      run: run.id,
      ids: run.ids.slice(),
      dropped: window.dropped,
      ...predictions,
      device: device.name,
      ms: timings.ms,
    };
  }

  /** Throws `run-unknown` for a run that was never made, or is forgotten. */
  get(id: RunId): Run {
    const run = this.#runs.get(id);
    if (run === undefined) throw fail('run-unknown', {});
    this.#runs.delete(id);
    this.#runs.set(id, run);
    this.#store.touch(id);
    return run;
  }

  /** One activation, held from now on if it fits. The block stays the run's. */
  async activation(run: Run, name: string, pace: Pace): Promise<NumberBlock> {
    // What is held need not wait for what is computed.
    const atHand = this.#store.get(run.id, name);
    if (atHand !== undefined) return atHand;
    return run.turns.take(async () => {
      throwIfCancelled(pace.signal);
      const held = this.#store.get(run.id, name);
      if (held !== undefined) return held;
      const found = new Map<string, NumberBlock>();
      await this.#compute(run, [name, ...this.#beside(run, name)], {
        pace,
        visit: (made, block) => {
          if (made === name) found.set(name, block);
          this.#store.hold(run.id, made, { block, kind: 'later' });
        },
      });
      const block = found.get(name);
      if (block === undefined) throw fail('activation-unknown', { name });
      return block;
    });
  }

  /** Shows each of the named activations once, in any order, computing all that are not held in one pass. */
  async visit(run: Run, names: readonly string[], on: Visiting): Promise<void> {
    const missing: string[] = [];
    for (const name of names) {
      const held = this.#store.get(run.id, name);
      if (held === undefined) missing.push(name);
      else await on.visit(name, held);
    }
    if (missing.length > 0) await this.#forward(run, missing, on);
  }

  /** Bytes of activations held. */
  get heldBytes(): number {
    return this.#store.bytes;
  }

  /** The pass that makes a run: holds what fits, and reads its last hidden states. */
  async #predictions(run: Pass, decoder: Decoder, pace: Pace): Promise<Surprisals> {
    const { config } = decoder;
    // Not all of the memory, so that there is room for what is asked for later.
    const kept = new Set(keptNames(config, run.ids.length, this.#limitBytes * 0.75));
    const final = finalStateNames(config);
    const finals: NumberBlock[] = [];
    try {
      await this.#forward(run, [...kept, ...final], {
        decoder,
        pace,
        visit: (name, block) => {
          if (kept.has(name)) this.#store.hold(run.id, name, { block, kind: 'first' });
          if (final.includes(name)) finals.push(block);
        },
      });
      return await surprisals(decoder, { ids: run.ids, hidden: sumOf(finals) }, pace);
    } catch (thrown) {
      this.#store.forget(run.id);
      throw thrown;
    }
  }

  /** What else of the same block is worth keeping, once a pass is made for one of its activations: the smallest first. */
  #beside(run: Run, name: string): string[] {
    const { config } = this.#decoder;
    const bytesOf = (each: string): number => activationBytes(each, config, run.ids.length);
    const missing = namesBeside(name, config).filter((other) => {
      return this.#store.get(run.id, other) === undefined;
    });
    // What was asked for stays, whatever is kept with it.
    let room = this.#limitBytes / 4 - bytesOf(name);
    return missing
      .toSorted((one, other) => bytesOf(one) - bytesOf(other))
      .filter((other) => {
        room -= bytesOf(other);
        return room >= 0;
      });
  }

  /** Activations of one block, or one outside the blocks: from the hidden state that enters the block, if it is held. */
  async #compute(run: Run, names: readonly string[], on: Visiting): Promise<void> {
    const { device } = this.#decoder;
    const block = /^blocks\.(\d+)\./.exec(names[0] ?? '')?.[1];
    const state = this.#store.get(run.id, `blocks.${block ?? ''}.resid_pre`);
    // States are held as float32, which the reference device is more precise than.
    if (block === undefined || state === undefined || device.name === 'reference') {
      await this.#forward(run, names, on);
      return;
    }
    await this.#decoder.rerunBlock(Number(block), {
      state: state.values,
      mask: run.mask,
      positions: run.positions,
      recorder: new VisitingRecorder(device, names, on.visit),
      breathe: on.pace.pause,
      signal: on.pace.signal,
    });
  }

  async #forward(run: Pass, names: readonly string[], on: Visiting): Promise<void> {
    const { decoder = this.#decoder } = on;
    await decoder.forward({
      ids: run.ids,
      mask: run.mask,
      positions: run.positions,
      recorder: new VisitingRecorder(decoder.device, names, on.visit),
      logits: 'none',
      breathe: on.pace.pause,
      signal: on.pace.signal,
    });
  }

  #remember(run: Run): void {
    this.#runs.set(run.id, run);
    this.#store.touch(run.id);
    for (const oldest of this.#runs.keys()) {
      if (this.#runs.size <= rememberedRuns) return;
      this.#runs.delete(oldest);
      this.#store.forget(oldest);
    }
  }
}
