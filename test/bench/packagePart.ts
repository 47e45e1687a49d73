// What people download.
import { statSync } from 'node:fs';
import { packageVsix } from '../harness/packageVsix';
import type { Measurement } from './measurement';

export async function packagePart(): Promise<readonly Measurement[]> {
  const { size } = statSync(await packageVsix());
  return [{ name: 'packaged extension', value: size / 1e6, unit: 'MB' }];
}
