// Typed arrays in texts, for what passes between a test and a page.
const kinds = { Float32Array, Int32Array, Uint8Array } as const;

export function packed(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => {
    const kind = Object.entries(kinds).find(([, made]) => part instanceof made)?.[0];
    return kind === undefined ? part : { kind, numbers: Array.from(part as Float32Array) };
  });
}

export function unpacked(text: string): unknown {
  return JSON.parse(text, (_, part: unknown) => {
    if (typeof part !== 'object' || part === null || !('numbers' in part)) return part;
    const { kind, numbers } = part as { kind: keyof typeof kinds; numbers: number[] };
    return kinds[kind].from(numbers);
  }) as unknown;
}
