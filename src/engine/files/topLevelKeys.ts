/**
 * The keys of a JSON object as they stand in its text, repeated ones too: `JSON.parse` keeps the last of equal keys and
 * says nothing, so a header could show one tensor to one reader and another to the next.
 */
export function* topLevelKeys(json: string): Iterable<string> {
  let depth = 0;
  for (const match of json.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?|[{}[\]]/g)) {
    const token = match[0];
    if (token === '{' || token === '[') depth++;
    else if (token === '}' || token === ']') depth--;
    else if (depth === 1 && match.at(1) !== undefined) yield keyOf(token);
  }
}

function keyOf(token: string): string {
  return JSON.parse(token.slice(0, token.lastIndexOf('"') + 1)) as string;
}
