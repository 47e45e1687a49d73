/**
 * Three ways to say "where" that must never be confused. All are zero-based.
 * A brand exists only in the type; `as TokenIndex` is the one way to make one, at the place that knows.
 */
declare const brand: unique symbol;
type Branded<Name extends string> = number & { readonly [brand]: Name };

/** Position of a token in its token sequence. */
export type TokenIndex = Branded<'TokenIndex'>;
/** Offset in the UTF-8 bytes of a text. */
export type ByteOffset = Branded<'ByteOffset'>;
/** Offset in the UTF-16 code units of a JavaScript string, as VS Code counts. */
export type Utf16Offset = Branded<'Utf16Offset'>;
/** A row of the vocabulary. */
export type TokenId = Branded<'TokenId'>;
