// The engine beside other programs that run the same models: ONNX Runtime, GPU.js alone, loops over typed arrays.
import type { Measurement } from './measurement';
import { installPeers } from './peers/installPeers';
import { modelRows } from './peers/modelRows';
import { productRows } from './peers/productRows';

export async function peersPart(): Promise<readonly Measurement[]> {
  const runtimes = installPeers();
  return [...(await productRows(runtimes)), ...(await modelRows(runtimes))];
}
