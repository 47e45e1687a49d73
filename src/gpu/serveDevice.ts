import { BatchPlayer } from '../engine/devices/remote/batchPlayer';
import type { TrainingDevice } from '../engine/devices/trainingDevice';
import type { GpuDeviceName } from '../protocol/devices';
import type { WireOf } from '../protocol/engineApi';
import { fail } from '../protocol/failures';
import type { RemoteDeviceApi } from '../protocol/remoteDevice';
import { Requests } from '../worker/requests';
import { openWire, type Channel } from '../worker/wire';

/** Serves one device that trains over a channel: what is sent is played on it. It ends with the worker. */
export function serveDevice(
  channel: Channel,
  make: (device: GpuDeviceName) => Promise<TrainingDevice>,
): void {
  let player: BatchPlayer | undefined;
  // Nothing of it takes so long that anybody would be told how far it is.
  const requests = new Requests(() => undefined);
  openWire<object, WireOf<RemoteDeviceApi>>(
    channel,
    {
      open: requests.served(async ({ device }) => {
        player = new BatchPlayer(await make(device));
      }),
      run: requests.served(({ calls }) => {
        if (player === undefined) throw fail('engine-stopped', {});
        return player.play(calls);
      }),
      cancel: (ticket) => {
        requests.cancel(ticket);
      },
    },
    [],
  );
}
