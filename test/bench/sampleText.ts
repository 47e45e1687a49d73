// The text that is measured on: our own vocabulary of the wires, English and Japanese, as 10 kB in lines of a hundred.
import { readdirSync, readFileSync } from 'node:fs';

const bytes = 10_240;
const lineLength = 100;

export function sampleText(): string {
  const folder = 'src/protocol';
  const words = readdirSync(folder)
    .filter((name) => name.endsWith('.ts'))
    .flatMap((name) => readFileSync(`${folder}/${name}`, 'utf8').split(/\s+/));
  let text = '';
  let line = '';
  for (const word of words) {
    if (line.length + word.length >= lineLength) {
      text += `${line}\n`;
      line = '';
    }
    line += `${word} `;
    if (Buffer.byteLength(text + line) >= bytes) return text + line;
  }
  throw new Error(`the sample has less than ${bytes} bytes`);
}
