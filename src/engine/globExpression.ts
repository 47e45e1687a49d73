/** A whole-name expression for a glob: `*` is any run of characters, all else stands for itself. */
export function globExpression(glob: string): RegExp {
  const parts = glob.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's');
}
