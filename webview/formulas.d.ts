/** The module that media/build/formulas.mjs makes while bundling. */
declare module 'tokenscope:formulas' {
  export const formulas: Readonly<Record<string, string>>;
}
