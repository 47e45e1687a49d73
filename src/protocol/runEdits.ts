/**
 * What a person changed about a run: which tokens a query may see, and where tokens stand. Kept as a list of small edits,
 * so that it can be told in words, taken back one by one, and still means the same when the text grows: a token is named
 * by its index in the whole text, not by its place in the window.
 */
export interface RunEdits {
  readonly mask: readonly MaskEdit[];
  readonly positions: readonly PositionEdit[];
}

export type MaskEdit =
  | { readonly kind: 'cell'; readonly query: number; readonly key: number; readonly seen: boolean }
  /** Hides everything from a query but itself, or shows it all that stands before it. */
  | { readonly kind: 'row'; readonly query: number; readonly seen: boolean }
  /** Hides a key from everybody but itself, or shows it to all that stand after it. */
  | { readonly kind: 'column'; readonly key: number; readonly seen: boolean }
  /** Each query sees itself and the `width` − 1 tokens before it. */
  | { readonly kind: 'band'; readonly width: number }
  /** Everybody sees everybody: no mask. */
  | { readonly kind: 'full' };

export type PositionEdit =
  | { readonly kind: 'swap'; readonly a: number; readonly b: number }
  /** The token gets the position of another, which keeps its own. */
  | { readonly kind: 'move'; readonly token: number; readonly to: number }
  | { readonly kind: 'drop'; readonly token: number }
  | { readonly kind: 'dropAll' };

/** The tokens that went through the model: `length` of them, from index `dropped` of the text on. */
export interface EditedWindow {
  readonly dropped: number;
  readonly length: number;
}

export const noEdits: RunEdits = { mask: [], positions: [] };

/** The position that adds nothing: see `EngineApi.run`. */
export const noPosition = -1;

export function isEdited({ mask, positions }: RunEdits): boolean {
  return mask.length > 0 || positions.length > 0;
}

/** Whether the causal mask lets a query see a key. */
export function isCausal(query: number, key: number): boolean {
  return key <= query;
}

/**
 * The mask as `EngineApi.run` takes it, [T, T], 1 for seen; undefined where it is the model's own. A query that would see
 * nothing sees itself, for weights over nothing are no numbers.
 */
export function maskOf(
  edits: readonly MaskEdit[],
  window: EditedWindow,
  base: 'causal' | 'none' = 'causal',
): Uint8Array<ArrayBuffer> | undefined {
  if (edits.length === 0) return undefined;
  const { length } = window;
  const mask = new Uint8Array(length * length).fill(base === 'none' ? 1 : 0);
  for (let query = 0; query < length; query++)
    mask.fill(1, query * length, query * length + query + 1);
  for (const edit of edits) applyTo(mask, edit, window);
  for (let query = 0; query < length; query++) {
    const row = mask.subarray(query * length, (query + 1) * length);
    if (!row.includes(1)) row[query] = 1;
  }
  return mask;
}

function applyTo(mask: Uint8Array, edit: MaskEdit, { dropped, length }: EditedWindow): void {
  const set = (query: number, key: number, seen: boolean): void => {
    const isInside = query >= 0 && query < length && key >= 0 && key < length;
    if (isInside) mask[query * length + key] = seen ? 1 : 0;
  };
  switch (edit.kind) {
    case 'cell':
      set(edit.query - dropped, edit.key - dropped, edit.seen);
      return;
    case 'row': {
      const query = edit.query - dropped;
      for (let key = 0; key < length; key++) {
        if (edit.seen ? key <= query : key !== query) set(query, key, edit.seen);
      }
      return;
    }
    case 'column': {
      const key = edit.key - dropped;
      for (let query = 0; query < length; query++) {
        if (edit.seen ? key <= query : key !== query) set(query, key, edit.seen);
      }
      return;
    }
    case 'band':
      for (let query = 0; query < length; query++) {
        for (let key = 0; key < length; key++) {
          const isNear = key <= query && query - key < edit.width;
          set(query, key, isNear);
        }
      }
      return;
    case 'full':
      mask.fill(1);
  }
}

/**
 * The position of each token as `EngineApi.run` takes it, [T], `noPosition` for a dropped one; undefined where each
 * token stands in its own place.
 */
export function positionsOf(
  edits: readonly PositionEdit[],
  { dropped, length }: EditedWindow,
): Int32Array<ArrayBuffer> | undefined {
  if (edits.length === 0) return undefined;
  const positions = Int32Array.from({ length }, (_, position) => position);
  const isInside = (token: number): boolean => token >= dropped && token < dropped + length;
  for (const edit of edits) {
    switch (edit.kind) {
      case 'swap': {
        if (!isInside(edit.a) || !isInside(edit.b)) break;
        const [a, b] = [edit.a - dropped, edit.b - dropped];
        [positions[a], positions[b]] = [positions[b] ?? b, positions[a] ?? a];
        break;
      }
      case 'move':
        if (isInside(edit.token) && isInside(edit.to)) {
          positions[edit.token - dropped] = edit.to - dropped;
        }
        break;
      case 'drop':
        if (isInside(edit.token)) positions[edit.token - dropped] = noPosition;
        break;
      case 'dropAll':
        positions.fill(noPosition);
    }
  }
  return positions;
}
