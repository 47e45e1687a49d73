/** The host half of one page: keeps the panel's snapshot and answers its reads from the engine. */
import { createBirpc, type BirpcReturn } from 'birpc';
import { steps } from '../../../src/protocol/axes';
import type { GeneratedToken, Outcome } from '../../../src/protocol/engineApi';
import { failureOf } from '../../../src/protocol/failures';
import type { ModelInfo } from '../../../src/protocol/models';
import type {
  HostApi,
  PanelEvents,
  PanelReads,
  PanelState,
  Place,
} from '../../../src/protocol/panelApi';
import { startPlace } from '../../../src/protocol/panelApi';
import type { Engine } from '../../../src/engine/engine';

export interface SessionParts {
  readonly parameters: URLSearchParams;
  readonly post: (message: unknown) => void;
}

const sampleText = 'Once upon a time there was a little girl who lived in the';

export class Session {
  readonly #engine: Engine;
  readonly #rpc: BirpcReturn<PanelEvents, HostApi>;
  #state: PanelState | undefined;
  #deliver: (message: unknown) => void = () => undefined;
  #prompt: Int32Array = new Int32Array();
  readonly #parameters: URLSearchParams;

  constructor(engine: Engine, { parameters, post }: SessionParts) {
    this.#engine = engine;
    this.#parameters = parameters;
    this.#rpc = createBirpc<PanelEvents, HostApi>(this.#api(), {
      post,
      on: (deliver) => {
        this.#deliver = deliver;
      },
      bind: 'functions',
    });
  }

  receive(message: unknown): Promise<void> {
    this.#deliver(message);
    return Promise.resolve();
  }

  #api(): HostApi {
    const read =
      <Method extends keyof PanelReads>(method: Method) =>
      async (request: never): Promise<Outcome<never>> => {
        try {
          const call = this.#engine[method].bind(this.#engine) as (
            request: never,
          ) => Promise<never>;
          return { ok: true, value: await call(request) };
        } catch (thrown) {
          return { ok: false, failure: failureOf(thrown) };
        }
      };
    return {
      vocabulary: read('vocabulary'),
      merges: read('merges'),
      activation: read('activation'),
      weight: read('weight'),
      headStatistics: read('headStatistics'),
      lens: read('lens'),
      neurons: read('neurons'),
      contributions: read('contributions'),
      distribution: read('distribution'),
      tokenFacts: read('tokenFacts'),
      ready: (place) => this.#ready(place),
      moved: (place) => {
        if (this.#state) this.#state = { ...this.#state, place };
      },
      generate: ({ count }) => void this.#generate(count),
      goTo: ({ generated }) => void this.#goTo(generated),
      setSampling: (sampling, stop) => {
        this.#update({ sampling, stop });
      },
      cancel: () => undefined,
      retry: () => void this.#run(),
      showLog: () => undefined,
      reveal: () => undefined,
      copy: () => undefined,
      openModel: () => undefined,
      inspectSelection: () => undefined,
    };
  }

  async #ready(remembered: Place | undefined): Promise<PanelState> {
    const text = this.#parameters.get('text') ?? sampleText;
    const model = await this.#model();
    this.#state = {
      condition: { kind: 'ready' },
      health: { state: 'ready', device: model.device, lastRunMs: undefined },
      model,
      source: { file: 'story.md', line: 11, uri: 'file:///story.md', start: 0, end: text.length },
      text,
      tokens: undefined,
      run: undefined,
      generation: { promptLength: 0, tokens: [], cursor: 0, stopped: undefined, running: false },
      sampling: { temperature: 0.8, topK: 40, topP: 1, seed: 7 },
      stop: { maxTokens: 12, stopStrings: [] },
      place: remembered ?? this.#placeAsked(),
    };
    this.#prompt = (await this.#engine.tokenize({ text })).ids;
    const shown = this.#parameters.get('show');
    if (shown === 'empty') return { ...this.#state, condition: { kind: 'empty' } };
    if (shown === 'running')
      return { ...this.#state, condition: { kind: 'running', tokens: this.#prompt.length } };
    if (shown === 'failed')
      return {
        ...this.#state,
        condition: { kind: 'failed', failure: { code: 'engine-stopped', details: {} } },
      };
    await this.#run();
    const generated = Number(this.#parameters.get('generate') ?? 0);
    if (generated > 0) await this.#generate(generated);
    return this.#state;
  }

  /** Opening again is how the engine says what is open. */
  async #model(): Promise<ModelInfo> {
    opened ??= this.#engine.openModel({ location: { kind: 'builtin' } });
    return opened;
  }

  #placeAsked(): Place {
    const asked: Record<string, unknown> = { ...startPlace };
    for (const [name, value] of this.#parameters) {
      if (!(name in startPlace)) continue;
      if (name === 'cell') asked[name] = value.split('.').map(Number);
      else if (name === 'step' || name === 'depth') asked[name] = value;
      else if (name === 'open' || name === 'table') asked[name] = value === '1';
      else asked[name] = Number(value);
    }
    const place = asked as unknown as Place;
    return place.step === 'overview' || steps.includes(place.step) ? place : startPlace;
  }

  /** Runs prompt and generated tokens up to the cursor and shows the result. */
  async #run(): Promise<void> {
    if (!this.#state) return;
    const { generation } = this.#state;
    const made = generation.tokens.slice(0, generation.cursor).map(({ id }) => id);
    const ids = Int32Array.from([...this.#prompt, ...made]);
    try {
      const run = await this.#engine.run({ ids });
      const text = (this.#parameters.get('text') ?? sampleText) + (await this.#decode(made));
      const tokens = await this.#engine.tokenize({ text });
      // The page shows the text cut anew; where that differs from what was generated it shows the cut's own run.
      const isSame = tokens.ids.length === ids.length && tokens.ids.every((id, i) => id === ids[i]);
      this.#update({
        text,
        tokens,
        run: isSame ? run : await this.#engine.run({ ids: tokens.ids }),
        condition: { kind: 'ready' },
        generation: { ...generation, promptLength: this.#prompt.length },
      });
    } catch (thrown) {
      this.#update({ condition: { kind: 'failed', failure: failureOf(thrown) } });
    }
  }

  async #decode(ids: readonly number[]): Promise<string> {
    const { bytes, offsets } = await this.#engine.vocabulary({});
    const parts = ids.map((id) => bytes.subarray(offsets[id], offsets[id + 1]));
    return Buffer.concat(parts).toString('utf8');
  }

  async #generate(count: number): Promise<void> {
    for (let made = 0; made < count && this.#state; made++) {
      const { generation, sampling, stop } = this.#state;
      const kept: readonly GeneratedToken[] = generation.tokens.slice(0, generation.cursor);
      const ids = Int32Array.from([...this.#prompt, ...kept.map(({ id }) => id)]);
      const token = await this.#engine.step({
        ids,
        promptLength: this.#prompt.length,
        sampling,
        stop,
      });
      const tokens = [...kept, token];
      this.#state = {
        ...this.#state,
        generation: { ...generation, tokens, cursor: tokens.length, stopped: token.stopped },
      };
      await this.#run();
      if (token.stopped) return;
    }
  }

  async #goTo(generated: number): Promise<void> {
    if (!this.#state) return;
    const { generation } = this.#state;
    this.#state = { ...this.#state, generation: { ...generation, cursor: generated } };
    await this.#run();
  }

  #update(patch: Partial<PanelState>): void {
    if (!this.#state) return;
    this.#state = { ...this.#state, ...patch };
    this.#rpc.update.asEvent(this.#state).catch(() => undefined);
  }
}

let opened: Promise<ModelInfo> | undefined;
