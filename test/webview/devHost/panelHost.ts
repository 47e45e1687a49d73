/** The panel's host outside of VS Code: the real session over the real engine, in this process. */
import type { EngineClient } from '../../../src/protocol/engineApi';
import { failureOf } from '../../../src/protocol/failures';
import type { Health } from '../../../src/protocol/health';
import type { ModelInfo } from '../../../src/protocol/models';
import { comparedReads } from '../../../src/protocol/panelApi';
import type { ComparedRead, HostApi, PanelEvents } from '../../../src/protocol/panelApi';
import type { PromptOrigins } from '../../../src/protocol/chat';
import type { ComparedWith } from '../../../src/protocol/comparison';
import { Emitter } from '../../../src/extension/emitter';
import type { OtherEngine } from '../../../src/extension/inspector/comparing';
import { LongReads } from '../../../src/extension/inspector/longReads';
import { withName } from '../../../src/extension/inspector/panelValues';
import { PanelSession } from '../../../src/extension/inspector/panelSession';
import { Vocabulary } from '../../../src/extension/tokens/vocabulary';

export interface OpenEngine {
  readonly client: EngineClient;
  readonly model: ModelInfo;
  /** An engine for another model to compare with. */
  readonly other?: OtherEngine & { readonly client: EngineClient };
}

/** What a page shows from the start. */
interface Opened {
  readonly text: string;
  readonly compare: ComparedWith | undefined;
  readonly origins: PromptOrigins | undefined;
}

/** A session that shows a text, with settings that draw rather than take the best. */
export async function openSession(
  { client, model, other }: OpenEngine,
  { text, compare, origins }: Opened,
): Promise<PanelSession> {
  const vocabulary = new Vocabulary(await client.vocabulary({}));
  const session = new PanelSession({
    engine: {
      client,
      model,
      health: { state: 'ready', device: model.device, lastRunMs: undefined },
      onHealth: new Emitter<Health>().event,
      onModel: new Emitter<ModelInfo | undefined>().event,
    },
    ...(other && { otherEngine: other }),
    vocabulary: () => Promise.resolve(vocabulary),
    sampling: { temperature: 0.8, topK: 40, topP: 1, seed: 7 },
    stop: { maxTokens: 24, stopStrings: [] },
  });
  const source = {
    file: 'story.md',
    line: 11,
    uri: 'file:///story.md',
    start: 0,
    end: text.length,
  };
  await session.inspect({
    text,
    source,
    ...(compare && { compare }),
    ...(origins && { origins }),
  });
  return session;
}

/** What the panel may call. What only an editor can do does nothing here. */
export function hostApi(
  { client, other }: OpenEngine,
  session: PanelSession,
  onProgress: PanelEvents['progress'],
): HostApi {
  const longReads = new LongReads(client, onProgress);
  const nothing = (): void => undefined;
  return {
    ...reads(client),
    embeddingMap: longReads.embeddingMap,
    continuations: longReads.continuations,
    smallMaps: longReads.smallMaps,
    attentionMap: longReads.attentionMap,
    cancelRead: ({ read }) => {
      longReads.cancel(read);
    },
    ready: (place) => {
      session.moved(place ?? session.state.place, 0);
      return Promise.resolve(session.state);
    },
    moved: (place, move) => {
      session.moved(place, move);
    },
    generate: ({ count }) => void session.generate(count),
    goTo: ({ generated }) => void session.goTo(generated),
    goBy: ({ by }) => void session.goBy(by),
    setSampling: (sampling, stop) => {
      session.setSampling(sampling, stop);
    },
    edit: (edits) => void session.edit(edits),
    // What crosses as JSON has null where an array held undefined.
    compare: (what) => void session.compare(what ? withName(what) : undefined),
    chooseComparison: nothing,
    compared: (method, request) => {
      const isOther = session.state.comparison?.with.kind === 'model';
      const read = reads(isOther && other ? other.client : client)[method] as (
        of: typeof request,
      ) => Promise<never>;
      return read(request);
    },
    keepBranch: () => {
      session.branches.keep('kept');
    },
    nameBranch: nothing,
    openBranch: ({ branch }) => void session.openBranch(branch),
    dropBranch: ({ branch }) => {
      session.dropBranch(branch);
    },
    cancel: () => {
      session.cancel();
    },
    retry: () => void session.retry(),
    showLog: nothing,
    reveal: nothing,
    copy: nothing,
    copyLink: nothing,
    savePicture: nothing,
    saveTrace: nothing,
    openModel: nothing,
    inspectSelection: nothing,
  };
}

function reads(client: EngineClient): Pick<HostApi, ComparedRead> {
  const served = comparedReads.map((name) => {
    const read = client[name].bind(client) as (request: unknown) => Promise<unknown>;
    const serve = async (request: unknown): Promise<unknown> => {
      try {
        return { ok: true, value: await read(request) };
      } catch (thrown) {
        return { ok: false, failure: failureOf(thrown) };
      }
    };
    return [name, serve] as const;
  });
  // Each name's method is served under the same name.
  return Object.fromEntries(served) as unknown as Pick<HostApi, ComparedRead>;
}
