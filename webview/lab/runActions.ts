/** What a person does with a run: go, pause, one step; the same by button and by key. */
import type { RunDescription, StepDetail } from '../../src/protocol/labApi';
import { signal, type Signal } from '@preact/signals-core';
import type { Lab } from './lab';

export interface RunActions {
  readonly toggle: () => Promise<void>;
  readonly step: () => Promise<void>;
  readonly key: (key: string) => boolean;
  /** The last step that was made singly. */
  readonly detail: Signal<StepDetail | undefined>;
  /** A request that changes the run is under way. */
  readonly isBusy: Signal<boolean>;
}

export function runActions(lab: Lab, current: () => RunDescription | undefined): RunActions {
  const { host } = lab;
  const isBusy = signal(false);
  const detail = signal<StepDetail | undefined>(undefined);
  /** One thing at a time: keys repeat faster than steps are made. */
  const alone = async (work: (run: RunDescription) => Promise<void>): Promise<void> => {
    const run = current();
    if (run === undefined || isBusy.peek()) return;
    isBusy.value = true;
    try {
      await work(run);
    } finally {
      isBusy.value = false;
    }
  };
  const toggle = (): Promise<void> =>
    alone(async (run) => {
      const { state } = lab.logOf(run).state.peek();
      await lab.ask(
        state === 'running' ? host.pause({ run: run.run }) : host.start({ run: run.run }),
      );
    });
  const step = (): Promise<void> =>
    alone(async (run) => {
      detail.value = (await lab.ask(host.step({ run: run.run }))) ?? detail.peek();
    });
  return {
    toggle,
    step,
    detail,
    isBusy,
    key: (key) => {
      if (current() === undefined) return false;
      if (key === 'n' || key === 'N') void step();
      else if (key === ' ') void toggle();
      else return false;
      return true;
    },
  };
}
