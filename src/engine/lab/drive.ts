/** Something that goes on step by step and says itself when it cannot go on. */
export interface Driven {
  begin(): void;
  /** Whether there are steps left. */
  readonly unfinished: boolean;
  /** One step; it does not throw. */
  turn(): Promise<void>;
  /** Writes down where it is; it does not throw. */
  end(): Promise<void>;
}

/** Steps all in turn until they are done or it is stopped. */
export async function drive(all: readonly Driven[], stopped: () => boolean): Promise<void> {
  for (const one of all) one.begin();
  while (!stopped() && all.some(({ unfinished }) => unfinished)) {
    for (const one of all) if (one.unfinished) await one.turn();
  }
  for (const one of all) await one.end();
}
