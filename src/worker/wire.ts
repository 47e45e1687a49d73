import { createBirpc, type BirpcReturn } from 'birpc';
import { transferables } from './transferables';

/** A message port, whatever its kind. */
export interface Channel {
  readonly post: (message: unknown, transfer: ArrayBuffer[]) => void;
  readonly listen: (listener: (message: unknown) => void) => void;
}

/** The worker's end of a channel: serves `wire`, and tells the other side of what is named in `eventNames`. */
export function openWire<Events extends object, Wire extends object>(
  channel: Channel,
  wire: Wire,
  eventNames: (keyof Events)[],
): BirpcReturn<Events, Wire> {
  return createBirpc<Events, Wire>(wire, {
    post: (message) => {
      channel.post(message, transferables(message));
    },
    on: (listener) => {
      channel.listen(listener);
    },
    eventNames,
    // How long a request may take is the caller's to say: it has a signal.
    timeout: -1,
  });
}

/** News for a caller that has hung up. */
export function unheard(): void {
  return undefined;
}
