/** A session as it is kept over a reload of the window. */
import * as v from 'valibot';
import type { DeviceName } from '../../protocol/devices';
import type { GeneratedToken } from '../../protocol/engineApi';
import type { SourceInfo } from '../../protocol/panelApi';
import { noEdits } from '../../protocol/runEdits';
import type { SavedSession } from './panelSubject';
import {
  comparedWith,
  edits,
  index,
  place,
  sampling,
  stop,
  withAll,
  withName,
} from './panelValues';

const source: v.GenericSchema<SourceInfo> = v.object({
  file: v.string(),
  line: index,
  uri: v.string(),
  start: index,
  end: index,
});

const probability = v.pipe(v.number(), v.minValue(0), v.maxValue(1));

const devices = [
  'wasm',
  'reference',
  'webgpu',
  'webgl2',
  'gpujs-webasm',
  'gpujs-cpu',
] as const satisfies readonly DeviceName[];

const generatedToken = v.object({
  id: index,
  probability,
  rank: index,
  draw: v.optional(probability),
  interval: v.optional(v.tuple([probability, v.number()])),
  logit: v.number(),
  surprisalBits: v.number(),
  chosen: v.exactOptional(v.literal(true)),
  entropyBits: v.number(),
  top: v.array(v.object({ id: index, probability })),
  stopped: v.optional(v.picklist(['end', 'length', 'stop'])),
  cache: v.object({ kept: index, computed: index, dropped: index }),
  ms: v.number(),
  device: v.picklist(devices),
});

const savedSession = v.object({
  text: v.string(),
  source: v.optional(source),
  tokens: v.array(generatedToken),
  cursor: index,
  // Sessions of versions that had none of these.
  branches: v.optional(
    v.array(
      v.object({
        id: index,
        name: v.optional(v.string()),
        tokens: v.array(generatedToken),
      }),
    ),
    [],
  ),
  compare: v.optional(comparedWith),
  origins: v.optional(
    v.object({
      template: v.optional(
        v.union([v.literal('headings'), v.object({ file: v.string(), source: v.string() })]),
      ),
      parts: v.array(
        v.object({
          role: v.picklist(['system', 'developer', 'user', 'assistant']),
          start: index,
          end: index,
        }),
      ),
    }),
  ),
  sampling,
  stop,
  place,
  // A session of a version that had no edits.
  edits: v.optional(edits, noEdits),
  model: v.optional(v.string()),
});

/** A session as it was kept over a reload of the window, or undefined when it is not what this version keeps. */
export function readSession(stored: unknown): SavedSession | undefined {
  const parsed = v.safeParse(savedSession, stored);
  if (!parsed.success) return undefined;
  const { source: from, model, tokens, place: where } = parsed.output;
  const { branches, compare, origins } = parsed.output;
  return {
    ...parsed.output,
    source: from,
    model,
    compare: compare && withName(compare),
    origins: origins && { template: origins.template, parts: origins.parts },
    place: withAll(where),
    tokens: tokens.map(complete),
    branches: branches.map(({ id, name, tokens: line }) => ({
      id,
      name,
      tokens: line.map(complete),
    })),
  };
}

function complete(token: v.InferOutput<typeof generatedToken>): GeneratedToken {
  const { draw, interval, stopped } = token;
  return { ...token, draw, interval, stopped };
}
