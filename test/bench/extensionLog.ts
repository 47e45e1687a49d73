// What the extension logs of itself while it is measured; the window must be opened with `traceLog` in its payload.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import type { Server } from '../harness/server';

/** Makes the extension log what it measures; goes into the payload of the window. */
export const traceLog = ['logLevel', 'tokenscope.tokenscope=trace'] as const;

/** What the pattern's groups say, for each of its places in the log of the extension host that was started last. */
export function logged(server: Server, pattern: RegExp): readonly (readonly number[])[] {
  const logs = `${server.folder}/user/logs`;
  const [newest] = readdirSync(logs, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('tokenscope.tokenscope/Tokenscope.log'))
    .map((name) => `${logs}/${name}`)
    .sort((one, other) => statSync(other).birthtimeMs - statSync(one).birthtimeMs);
  const log = newest === undefined ? '' : readFileSync(newest, 'utf8');
  return [...log.matchAll(pattern)].map(([, ...groups]) => groups.map(Number));
}

/** The first group of the last place; throws where there is none. */
export function lastLogged(server: Server, pattern: RegExp): number {
  const last = logged(server, pattern).at(-1)?.[0];
  if (last === undefined) throw new Error(`the extension does not log ${pattern.source}`);
  return last;
}
