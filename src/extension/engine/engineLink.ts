/** The link to the engine's worker: the engine's methods, and the news of its health. */
import type {
  AnswerOf as Answer,
  EngineApi,
  EngineEvents,
  RequestTo,
} from '../../protocol/engineApi';
import type { Health } from '../../protocol/health';
import { WorkerLink, type WorkerPort } from './workerLink';

export type EngineMethod = keyof EngineApi;
export type RequestOf<Method extends EngineMethod> = RequestTo<EngineApi, Method>;
export type AnswerOf<Method extends EngineMethod> = Answer<EngineApi, Method>;

export class EngineLink extends WorkerLink<EngineApi, EngineEvents> {
  constructor(
    port: WorkerPort,
    events: { readonly onHealth: (health: Health) => void; readonly onGone: (why: string) => void },
  ) {
    super(port, { health: events.onHealth }, events.onGone);
  }
}
