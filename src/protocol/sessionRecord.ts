import { fail } from './failures';
import type { PickedToken, SamplingSettings, StopSettings } from './sampling';

/**
 * A session of stepping as a file, `*.tokenscope.json`: what the model was given, and every token that stood in the text,
 * with enough to make each again. Pieces are a tree, each after its parent.
 */
export interface SessionRecord {
  readonly format: 'tokenscope-session';
  readonly version: 1;
  readonly model: {
    readonly name: string;
    readonly parameters: number;
    /** SHA-256 of names, shapes and float32 values of all weights, hexadecimal. */
    readonly hash: string;
  };
  readonly device: string;
  readonly context: string;
  /** Ids of the context, or of the end of it that was read. */
  readonly contextIds: readonly number[];
  /** The settings that were in force, each once. */
  readonly settings: readonly RecordedSettings[];
  readonly pieces: readonly RecordedPiece[];
  /** The last piece that stood in the text when it was saved; −1 for none. */
  readonly current: number;
  /** Why generation stopped or paused last; null when it did not. */
  readonly ended: string | null;
}

export interface RecordedSettings {
  readonly sampling: SamplingSettings;
  readonly stop: StopSettings;
}

export interface RecordedPiece {
  /** Index of the piece before it, lower than its own; −1 for the context. */
  readonly parent: number;
  /** Index into `settings`. */
  readonly settings: number;
  readonly text: string;
  readonly tokens: readonly RecordedToken[];
  /** What a person called the branch that ends here. */
  readonly name?: string;
}

export interface RecordedToken {
  readonly id: number;
  readonly probability: number;
  readonly rank: number;
  /** The number that was drawn; null for greedy and for a person's choice. */
  readonly draw: number | null;
  readonly surprisalBits: number;
  readonly entropyBits: number;
  readonly logit: number;
  readonly chosen?: true;
}

const knownVersion = 1;

/**
 * How far a probability may be from the recorded one: float32 sums of another order, as another device or a cache that
 * held another part of the text makes them.
 */
const allowedDifference = 1e-4;

/** Whether a token that was made again is the recorded one, by the same draw, with the same probability. */
export function isReproduced(
  recorded: RecordedToken,
  made: Pick<PickedToken, 'id' | 'draw' | 'probability'>,
): boolean {
  return (
    made.id === recorded.id &&
    (made.draw ?? null) === recorded.draw &&
    Math.abs(made.probability - recorded.probability) <= allowedDifference
  );
}

/**
 * Reads a record's text. Throws `record-malformed` with the place of the first thing that is wrong, and `record-newer` for
 * a version that is not known.
 */
export function readSessionRecord(text: string, file: string): SessionRecord {
  const value = parsed(text, file);
  const at = new Place(value, '', file);
  at.demand(at.member('format').value === 'tokenscope-session', 'format');
  const version = at.member('version');
  if (typeof version.value === 'number' && version.value > knownVersion) {
    throw fail('record-newer', { file, version: version.value, known: knownVersion });
  }
  version.demand(version.value === knownVersion);
  checkHead(at);
  const settings = at.member('settings').items();
  settings.forEach(checkSettings);
  const pieces = at.member('pieces').items();
  pieces.forEach((piece, index) => {
    checkPiece(piece, { index, settings: settings.length });
  });
  at.member('current').whole(-1, pieces.length - 1);
  const ended = at.member('ended');
  ended.demand(ended.value === null || typeof ended.value === 'string');
  // Every member was looked at above.
  return value as SessionRecord;
}

function checkHead(at: Place): void {
  const model = at.member('model');
  model.member('name').text();
  model.member('parameters').whole(0, Number.MAX_SAFE_INTEGER);
  model.member('hash').text();
  at.member('device').text();
  at.member('context').text();
  const ids = at.member('contextIds').items();
  at.member('contextIds').demand(ids.length > 0);
  for (const id of ids) id.whole(0, 2 ** 31 - 1);
}

function checkSettings(settings: Place): void {
  const sampling = settings.member('sampling');
  sampling.member('temperature').number(0, 10);
  sampling.member('topK').whole(0, Number.MAX_SAFE_INTEGER);
  sampling.member('topP').number(0, 1);
  sampling.member('seed').whole(0, Number.MAX_SAFE_INTEGER);
  for (const [name, least, most] of [
    ['minP', 0, 1],
    ['repetitionPenalty', 0.1, 10],
  ] as const) {
    const optional = sampling.member(name);
    if (optional.value !== undefined) optional.number(least, most);
  }
  const stop = settings.member('stop');
  stop.member('maxTokens').whole(1, Number.MAX_SAFE_INTEGER);
  for (const text of stop.member('stopStrings').items()) text.text();
}

function checkPiece(
  piece: Place,
  { index, settings }: { readonly index: number; readonly settings: number },
): void {
  piece.member('parent').whole(-1, index - 1);
  piece.member('settings').whole(0, settings - 1);
  piece.member('text').text();
  const name = piece.member('name');
  if (name.value !== undefined) name.text();
  const tokens = piece.member('tokens').items();
  piece.member('tokens').demand(tokens.length > 0);
  for (const token of tokens) {
    token.member('id').whole(0, 2 ** 31 - 1);
    token.member('probability').number(0, 1);
    token.member('rank').whole(1, 2 ** 31 - 1);
    const draw = token.member('draw');
    if (draw.value !== null) draw.number(0, 1);
    token.member('surprisalBits').number(0, Infinity);
    token.member('entropyBits').number(0, Infinity);
    token.member('logit').number(-Infinity, Infinity);
    const chosen = token.member('chosen');
    chosen.demand(chosen.value === undefined || chosen.value === true);
  }
}

function parsed(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw fail('json-malformed', { file, why });
  }
}

/** A value of the file and the way to it, such as `pieces[3].tokens[0].id`. */
class Place {
  readonly value: unknown;
  readonly #path: string;
  readonly #file: string;

  constructor(value: unknown, path: string, file: string) {
    this.value = value;
    this.#path = path;
    this.#file = file;
  }

  member(name: string): Place {
    const { value } = this;
    this.demand(typeof value === 'object' && value !== null && !Array.isArray(value));
    const path = this.#path === '' ? name : `${this.#path}.${name}`;
    return new Place((value as Readonly<Record<string, unknown>>)[name], path, this.#file);
  }

  items(): Place[] {
    const { value } = this;
    if (!Array.isArray(value)) throw this.#malformed(this.#path);
    return value.map(
      (item: unknown, index) => new Place(item, `${this.#path}[${String(index)}]`, this.#file),
    );
  }

  text(): void {
    this.demand(typeof this.value === 'string');
  }

  number(least: number, most: number): void {
    const { value } = this;
    this.demand(typeof value === 'number' && value >= least && value <= most);
  }

  whole(least: number, most: number): void {
    this.number(least, most);
    this.demand(Number.isSafeInteger(this.value));
  }

  demand(holds: boolean, path: string = this.#path): void {
    if (!holds) throw this.#malformed(path);
  }

  #malformed(path: string) {
    return fail('record-malformed', { file: this.#file, where: path === '' ? '{}' : path });
  }
}
