// Memory of the extension host, which the engine's worker thread is a part of.
import { readdirSync, readFileSync } from 'node:fs';
import type { Server } from '../harness/server';

/** Resident memory in MB (10⁶ bytes) of the extension host that a server started last. Linux only. */
export function extensionHostMegabytes(server: Server): number {
  const hosts = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && isExtensionHost(name, server))
    .map(Number);
  if (hosts.length === 0) throw new Error('the extension host was not found');
  const status = read(`/proc/${Math.max(...hosts)}/status`);
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  if (kib === undefined) throw new Error('the extension host has ended');
  return (Number(kib) * 1024) / 1e6;
}

function isExtensionHost(pid: string, server: Server): boolean {
  if (!read(`/proc/${pid}/cmdline`).includes('--type=extensionHost')) return false;
  return read(`/proc/${pid}/environ`).includes(server.folder);
}

/** Empty for a process that has ended or is somebody else's. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
