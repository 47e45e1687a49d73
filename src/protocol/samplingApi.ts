import type { Outcome } from './engineApi';
import type { SamplingSettings } from './sampling';

/** What the view of the sampling controls calls on its host. */
export interface SamplingHost {
  /** Asked once after loading; from then on the host sends `update`. */
  ready(): Promise<SamplingState>;
  /** What the settings would make of the next token of the session. */
  preview(sampling: SamplingSettings): Promise<Outcome<SamplingPreview>>;
  /** Makes these the person's settings. */
  write(sampling: SamplingSettings): void;
  startGeneration(): void;
}

/** What the host calls on the view. */
export interface SamplingEvents {
  update(state: SamplingState): void;
}

export interface SamplingState {
  readonly sampling: SamplingSettings;
  /** Changes whenever the place in the text does; undefined when no session is under way. */
  readonly place: number | undefined;
}

/** The most likely tokens under some settings. */
export interface SamplingPreview {
  readonly rows: readonly {
    readonly label: string;
    /** Before the cut, and what the draw is made from: 0 for what was cut. */
    readonly probability: number;
    readonly kept: number;
  }[];
  readonly keptCount: number;
  /** Sum of the probabilities that are kept. */
  readonly keptMass: number;
  readonly entropyBits: number;
  readonly vocabulary: number;
  /** What the settings pick here. */
  readonly pick: string;
}
