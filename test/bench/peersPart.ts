// The engine beside other programs that run the same models: ONNX Runtime, GPU.js alone, loops over typed arrays.
import type { Measurement } from './measurement';
import { installPeers } from './peers/installPeers';
import { modelRows } from './peers/modelRows';
import { productRows } from './peers/productRows';

export function productsPart(): Promise<readonly Measurement[]> {
  return productRows(installPeers());
}

export function modelsPart(): Promise<readonly Measurement[]> {
  return modelRows(installPeers());
}
