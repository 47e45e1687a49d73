import { RemoteTrainingDevice } from '../engine/devices/remote/remoteTrainingDevice';
import type { LabDevices } from '../engine/lab/labHost';
import type { Outcome } from '../protocol/engineApi';
import { TokenscopeError } from '../protocol/failures';
import type { LabDevicesWire } from '../protocol/labDevices';
import { unheard } from './wire';

/** The wire's other end, which has the pages. */
type Client = {
  readonly [Method in keyof LabDevicesWire]: (
    ...given: Parameters<LabDevicesWire[Method]>
  ) => Promise<Awaited<ReturnType<LabDevicesWire[Method]>>>;
};

/** Devices in pages, for the lab's worker. */
export function pageDevices(client: () => Client): LabDevices {
  return {
    wish: () => client().trainingWish(),
    open: async (name) => {
      const device = valueOf(await client().openDevice(name));
      return new RemoteTrainingDevice(name, {
        run: async (calls) => valueOf(await client().runDevice(device, calls)),
        close: () => {
          client().closeDevice(device).catch(unheard);
        },
      });
    },
  };
}

function valueOf<Value>(outcome: Outcome<Value>): Value {
  if (outcome.ok) return outcome.value;
  throw new TokenscopeError(outcome.failure);
}
