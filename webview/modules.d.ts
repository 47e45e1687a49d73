/** Modules that exist only while bundling. */

/** MathML by the formula's name, made by media/build/formulas.mjs. */
declare module 'tokenscope:formulas' {
  import type latex from '../media/formulas.json';
  export const formulas: Readonly<Record<keyof typeof latex, string>>;
}

/** Style sheets are gathered into dist/inspector.css. */
declare module '*.css';
