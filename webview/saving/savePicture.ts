/** Saves the picture of the open step, as SVG or drawn from that as PNG, with where its numbers come from below it. */
import { t } from '../l10n';
import { exhibitOf } from '../exhibit';
import { waitingMark } from '../picture/painted';
import type { Inspector, Pointed } from '../view';
import { stageSvg, type Footer, type StageSvg } from './stageSvg';

export type PictureFormat = 'svg' | 'png';

/** Pixels of a PNG for each CSS pixel, and the most that browsers draw in one direction. */
const density = 2;
const longestSide = 16_000;

export async function savePicture(
  inspector: Inspector,
  format: PictureFormat,
  pointed: Pointed | undefined,
): Promise<void> {
  const stage = document.getElementById('stage');
  if (stage === null) return;
  const footer = await footerOf(inspector, pointed);
  await allPainted(stage);
  const picture = stageSvg(stage, footer);
  const data = format === 'svg' ? picture.svg : await pngOf(picture);
  inspector.host.savePicture({ format, data });
}

/** What waits for its turn to be painted is not saved empty. */
async function allPainted(stage: Element): Promise<void> {
  while (stage.querySelector(`canvas[${waitingMark}]`) !== null)
    await new Promise((resolve) => requestAnimationFrame(resolve));
}

async function footerOf(inspector: Inspector, pointed: Pointed | undefined): Promise<Footer> {
  const { model, run, text } = inspector.subject.peek();
  const { name, fixed } = exhibitOf(inspector, pointed);
  const where = fixed.length > 0 ? `${name}[${fixed.join(', ')}]` : name;
  const digest = await digestOf(text);
  const facts = { model: model.name, device: run.device, tokens: run.ids.length };
  return [t('sharing.pictureModel', facts), t('sharing.pictureText', { name: where, digest })];
}

/** The first 16 hexadecimal digits of the SHA-256 of a text's UTF-8, as in links. */
async function digestOf(text: string): Promise<string> {
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  const digits = Array.from(new Uint8Array(hash, 0, 8), (byte) =>
    byte.toString(16).padStart(2, '0'),
  );
  return digits.join('');
}

/** A PNG in base64. */
async function pngOf({ svg, width, height }: StageSvg): Promise<string> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const scale = Math.min(density, longestSide / Math.max(width, height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
  const url = canvas.toDataURL('image/png');
  return url.slice(url.indexOf(',') + 1);
}
