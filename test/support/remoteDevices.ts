// A device that is somewhere else, with the way to it in between: what goes over is copied as between threads and pages.
import { BatchPlayer } from '../../src/engine/devices/remote/batchPlayer';
import {
  RemoteTrainingDevice,
  type RemoteLine,
} from '../../src/engine/devices/remote/remoteTrainingDevice';
import type { TrainingDevice } from '../../src/engine/devices/trainingDevice';
import type { RemoteCall } from '../../src/protocol/remoteDevice';

export interface Distant {
  readonly device: RemoteTrainingDevice;
  /** Calls of each message that has gone over. */
  readonly messages: (readonly RemoteCall[])[];
  /** From now on nothing is answered but that the device is gone. */
  lose(why: string): void;
}

/** With `mostSteps`, it is lost by itself behind so many. */
export function distant(there: TrainingDevice, mostSteps = Infinity): Distant {
  const player = new BatchPlayer(there);
  const messages: (readonly RemoteCall[])[] = [];
  let lost: string | undefined;
  let steps = 0;
  const line: RemoteLine = {
    run: async (calls) => {
      messages.push(calls);
      const answers = await player.play(sent(calls));
      // The update of a step goes over with the next one.
      if (calls.some(({ name }) => name === 'adam')) steps++;
      if (steps > mostSteps) lost ??= 'hung';
      if (lost !== undefined) throw new Error(lost);
      return structuredClone(answers);
    },
    close: () => {
      there.dispose();
    },
  };
  return {
    device: new RemoteTrainingDevice('webgpu', line),
    messages,
    lose: (why) => {
      lost = why;
    },
  };
}

/** Pages are sent JSON with the typed arrays beside it: what is undefined is left out, and infinity becomes null. */
function sent(calls: readonly RemoteCall[]): readonly RemoteCall[] {
  const arrays: unknown[] = [];
  const text = JSON.stringify(calls, (_, value: unknown) =>
    ArrayBuffer.isView(value) ? { beside: arrays.push(structuredClone(value)) - 1 } : value,
  );
  return JSON.parse(text, (_, value: unknown) =>
    typeof value === 'object' && value !== null && 'beside' in value
      ? arrays[Number(value.beside)]
      : value,
  ) as readonly RemoteCall[];
}
