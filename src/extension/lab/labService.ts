/** The lab's worker: started by the first request, started anew by the next one when it died. */
import type { AnswerOf, CallOptions, RequestTo } from '../../protocol/engineApi';
import { fail } from '../../protocol/failures';
import type { Failure } from '../../protocol/failures';
import type { LabApi, LabClient, LabEvents } from '../../protocol/labApi';
import type { LabDevicesWire } from '../../protocol/labDevices';
import { WorkerLink, type WorkerPort } from '../engine/workerLink';

export interface LabServiceOptions {
  readonly start: () => WorkerPort;
  readonly onRun: LabEvents['run'];
  /** What the worker asks for: devices in pages. */
  readonly devices: LabDevicesWire;
  /** Told when the worker died by itself. */
  readonly onGone: (failure: Failure) => void;
}

/** All methods, so that the client can be built from their names; a missing one does not compile. */
const methods: Readonly<Record<keyof LabApi, true>> = {
  presets: true,
  corpusText: true,
  learnVocabulary: true,
  saveVocabulary: true,
  parameterTable: true,
  startingWeight: true,
  createRun: true,
  openRun: true,
  closeRun: true,
  start: true,
  pause: true,
  change: true,
  step: true,
  stepTensor: true,
  history: true,
  snapshot: true,
  cost: true,
  vocabulary: true,
  saveModel: true,
  readExperiment: true,
  writeExperiment: true,
  createExperiment: true,
  openExperiment: true,
  startExperiment: true,
  pauseExperiment: true,
  closeExperiment: true,
  experimentResult: true,
};

type Link = WorkerLink<LabApi, LabEvents & LabDevicesWire>;

export class LabService {
  readonly client: LabClient;
  readonly #options: LabServiceOptions;
  #link: Link | undefined;

  constructor(options: LabServiceOptions) {
    this.#options = options;
    const call =
      <Method extends keyof LabApi>(method: Method) =>
      (
        request: RequestTo<LabApi, Method>,
        callOptions?: CallOptions,
      ): Promise<AnswerOf<LabApi, Method>> =>
        this.#started().call(method, request, callOptions);
    // Each entry has its own method's type; Object.fromEntries knows only their union.
    this.client = Object.fromEntries(
      (Object.keys(methods) as (keyof LabApi)[]).map((method) => [method, call(method)]),
    ) as unknown as LabClient;
  }

  /** Ends the worker; what it has not written since the last checkpoint is gone. */
  async stop(): Promise<void> {
    const link = this.#link;
    this.#link = undefined;
    await link?.close(fail('engine-stopped', {}));
  }

  #started(): Link {
    if (this.#link) return this.#link;
    const { start, onRun, onGone, devices } = this.#options;
    const link: Link = new WorkerLink(start(), { run: onRun, ...devices }, (why) => {
      if (this.#link !== link) return;
      this.#link = undefined;
      onGone({ code: 'engine-crashed', details: { why } });
    });
    this.#link = link;
    return link;
  }
}
