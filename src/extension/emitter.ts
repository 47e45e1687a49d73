/**
 * Listeners of one kind of news. VS Code's own emitter would do, but not outside VS Code, and the services that send
 * news are tested there.
 */
export class Emitter<News> {
  readonly #listeners = new Set<(news: News) => void>();

  /** Adds a listener and answers with what removes it again. */
  readonly event = (listener: (news: News) => void): Owned => {
    this.#listeners.add(listener);
    return { dispose: () => void this.#listeners.delete(listener) };
  };

  fire(news: News): void {
    for (const listener of [...this.#listeners]) listener(news);
  }

  dispose(): void {
    this.#listeners.clear();
  }
}

/** Something that its maker must let go of. */
export interface Owned {
  dispose(): void;
}

export type Listen<News> = (listener: (news: News) => void) => Owned;
