/** The plane of the four letters: stations where the embeddings are, lines along the rows of the output layer. */
import { html, type TemplateResult } from 'lit';
import { at } from '../../picture/at';
import { decimalsFor, fixed, fixedWithSign } from '../../picture/numbers';
import { painted } from '../../picture/painted';
import type { ColourName, Palette } from '../../picture/palette';
import type { Lab } from '../lab';
import type { World } from './world';

/** A letter's colour, the same for its station and its line; the letter stands beside both. */
export const letterColours: readonly ColourName[] = ['q', 'k', 'v', 'm', 'a', 'pos', 'neg', 'r'];

export interface Plane {
  readonly world: World;
  /** Where the stations were, oldest first: [V, 2] each. */
  readonly trail: readonly Float32Array[];
  readonly size: number;
}

export function plane({ t }: Lab, picture: Plane): TemplateResult {
  const { world, trail, size } = picture;
  const reach = reachOf(world);
  return html`<figure class="plane" role="img" aria-label=${sentence(t, world)}>
    <canvas
      aria-hidden="true"
      ${painted({
        width: size,
        height: size,
        inputs: [world, trail.length, size],
        paint: (context, theme) => {
          const drawing = { context, theme, picture, reach };
          paintAxes(drawing);
          paintTrails(drawing);
          world.letters.forEach((_, id) => {
            paintLine(drawing, id);
          });
          world.letters.forEach((_, id) => {
            paintStation(drawing, id);
          });
        },
      })}
    ></canvas>
  </figure>`;
}

function sentence(t: Lab['t'], { letters, embedding }: World): string {
  const { values } = embedding.now;
  const places = letters.map(
    (letter, id) =>
      `${letter} (${fixed(at(values, 2 * id), 2)}, ${fixed(at(values, 2 * id + 1), 2)})`,
  );
  return `${t('lab.helo.plane')} ${places.join(', ')}`;
}

interface Drawing {
  readonly context: CanvasRenderingContext2D;
  readonly theme: Palette;
  readonly picture: Plane;
  /** The edge of the picture in the plane's own unit. */
  readonly reach: number;
}

/** The largest coordinate there is, with air; a plane of zeros has a reach too. */
function reachOf({ embedding, output }: World): number {
  let most = 0;
  for (const { values } of [embedding.now, output.now])
    for (const value of values) if (Number.isFinite(value)) most = Math.max(most, Math.abs(value));
  return most > 0 ? most * 1.2 : 1;
}

function place({ picture: { size }, reach }: Drawing, x: number, y: number): [number, number] {
  return [(size / 2) * (1 + x / reach), (size / 2) * (1 - y / reach)];
}

function paintAxes(drawing: Drawing): void {
  const { context, theme, picture, reach } = drawing;
  const { size } = picture;
  context.strokeStyle = theme.colours.rule;
  context.strokeRect(0.5, 0.5, size - 1, size - 1);
  context.beginPath();
  context.moveTo(0, size / 2);
  context.lineTo(size, size / 2);
  context.moveTo(size / 2, 0);
  context.lineTo(size / 2, size);
  context.stroke();
  context.fillStyle = theme.colours.dim;
  context.font = `10px ${theme.mono}`;
  const end = fixedWithSign(reach, decimalsFor(reach));
  context.textAlign = 'right';
  context.fillText(end, size - 4, size / 2 - 4);
  context.textAlign = 'left';
  context.fillText(end, size / 2 + 4, 12);
}

/** The way each station came. */
function paintTrails(drawing: Drawing): void {
  const { context, theme, picture } = drawing;
  context.globalAlpha = 0.55;
  context.lineWidth = 1;
  picture.world.letters.forEach((_, id) => {
    context.strokeStyle = theme.colours[colourOf(id)];
    context.beginPath();
    for (const values of [...picture.trail, picture.world.embedding.now.values]) {
      const [x, y] = place(drawing, at(values, 2 * id), at(values, 2 * id + 1));
      context.lineTo(x, y);
    }
    context.stroke();
  });
  context.globalAlpha = 1;
}

/** A line through the middle along the letter's row: the further a station lies along it, the higher the score. */
function paintLine(drawing: Drawing, id: number): void {
  const { context, theme, picture, reach } = drawing;
  const { values } = picture.world.output.now;
  const [ux, uy] = [at(values, 2 * id), at(values, 2 * id + 1)];
  const length = Math.hypot(ux, uy);
  if (length === 0 || !Number.isFinite(length)) return;
  const colour = theme.colours[colourOf(id)];
  const far = (1.5 * reach) / length;
  context.strokeStyle = colour;
  context.lineWidth = 1;
  context.setLineDash([2, 4]);
  context.beginPath();
  context.moveTo(...place(drawing, -ux * far, -uy * far));
  context.lineTo(...place(drawing, ux * far, uy * far));
  context.stroke();
  context.setLineDash([]);
  context.lineWidth = 2;
  context.beginPath();
  context.moveTo(...place(drawing, 0, 0));
  context.lineTo(...place(drawing, ux, uy));
  context.stroke();
  paintTip(drawing, id, [ux, uy]);
}

function paintTip(drawing: Drawing, id: number, [ux, uy]: readonly [number, number]): void {
  const { context, theme, picture } = drawing;
  const [x, y] = place(drawing, ux, uy);
  const angle = Math.atan2(-uy, ux);
  context.fillStyle = theme.colours[colourOf(id)];
  context.beginPath();
  context.moveTo(x, y);
  for (const turn of [2.7, -2.7])
    context.lineTo(x + 8 * Math.cos(angle + turn), y + 8 * Math.sin(angle + turn));
  context.fill();
  context.font = `11px ${theme.mono}`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  // Ahead of the arrow, where its own line is dotted.
  const [ahead, aside] = [14, 8];
  context.fillText(
    `→${letter(picture, id)}`,
    x + ahead * Math.cos(angle) - aside * Math.sin(angle),
    y + ahead * Math.sin(angle) + aside * Math.cos(angle),
  );
  context.textAlign = 'left';
  context.textBaseline = 'alphabetic';
}

function paintStation(drawing: Drawing, id: number): void {
  const { context, theme, picture } = drawing;
  const { values } = picture.world.embedding.now;
  const [x, y] = place(drawing, at(values, 2 * id), at(values, 2 * id + 1));
  context.beginPath();
  context.arc(x, y, 9, 0, 2 * Math.PI);
  context.fillStyle = theme.colours.background;
  context.fill();
  context.lineWidth = 2;
  context.strokeStyle = theme.colours[colourOf(id)];
  context.stroke();
  context.fillStyle = theme.colours.strong;
  context.font = `12px ${theme.mono}`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillText(letter(picture, id), x, y);
  context.textAlign = 'left';
  context.textBaseline = 'alphabetic';
}

function letter({ world }: Plane, id: number): string {
  return world.letters[id] ?? '';
}

function colourOf(id: number): ColourName {
  return letterColours[id % letterColours.length] ?? 'r';
}
