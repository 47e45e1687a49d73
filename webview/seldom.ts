/** What most people never use, in a script of its own that is loaded when somebody does. */
export { comparingViews } from './comparing/comparing';
export { copySheet } from './shell/copySheet';
export { keySheet } from './shell/keySheet';
export { times } from './shell/times';
export { verifySheet } from './shell/verifySheet';
