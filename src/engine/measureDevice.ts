import type { DeviceName, DeviceSpeed } from '../protocol/devices';
import { chooseDevice } from './chooseDevice';
import { fastest } from './fastest';
import type { EngineHost } from './host';
import { Decoder } from './model/decoder';
import type { OpenModel } from './openModel';
import type { Pace } from './work';

const mostPrefillTokens = 64;
/** A slow device is asked for fewer tokens than would take it so long. */
const longestPrefillMs = 1500;

/** Runs the model on a device: single tokens behind others, and a text at once. */
export async function measureDevice(
  model: OpenModel,
  on: { readonly device: DeviceName; readonly host: EngineHost },
  pace: Pace,
): Promise<DeviceSpeed> {
  if (model.info.device === on.device) return measure(model.decoder, on, pace);
  const device = await chooseDevice(on.host, on.device);
  try {
    const { config } = model.decoder;
    const decoder = await Decoder.load({
      device,
      config,
      weights: model.weights,
      breathe: pace.pause,
      signal: pace.signal,
    });
    try {
      return await measure(decoder, on, pace);
    } finally {
      decoder.dispose();
    }
  } finally {
    device.dispose();
  }
}

async function measure(
  decoder: Decoder,
  { device, host }: { readonly device: DeviceName; readonly host: EngineHost },
  pace: Pace,
): Promise<DeviceSpeed> {
  const cache = decoder.newCache();
  const run = async (tokens: number): Promise<void> => {
    const ids = Int32Array.from({ length: tokens }, (_, n) => n % decoder.config.vocabulary);
    await decoder.forward({
      ids,
      cache,
      logits: 'last',
      breathe: pace.pause,
      signal: pace.signal,
    });
  };
  const cachedTokens = Math.min(mostPrefillTokens, decoder.config.context) - 1;
  try {
    const first = await fastest(host, async () => {
      cache.truncate(0);
      await run(1);
    });
    const affordable = Math.max(1, Math.floor(longestPrefillMs / Math.max(first, 0.001)));
    const prefillTokens = Math.min(cachedTokens + 1, affordable);
    const prefillMs = await fastest(host, async () => {
      cache.truncate(0);
      await run(prefillTokens);
    });
    const kept = Math.min(cachedTokens, prefillTokens);
    const decodeMs = await fastest(host, async () => {
      cache.truncate(kept);
      await run(1);
    });
    const threads = device === 'wasm' ? 1 + (host.helpers?.count ?? 0) : undefined;
    return { device, threads, decodeMs, cachedTokens: kept, prefillMs, prefillTokens };
  } finally {
    cache.dispose();
  }
}
