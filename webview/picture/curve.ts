import { html, type TemplateResult } from 'lit';

import { at } from './at';
import { follow } from './follow';
import { fixedWithSign } from './numbers';
import { painted } from './painted';
import type { ColourName, Palette } from './palette';

/** A function as a line, and measured points on it. */
export interface CurvePicture {
  readonly width: number;
  readonly height: number;
  /** The line; omitted when the picture has points alone. */
  readonly line?: (x: number) => number;
  readonly xs: ArrayLike<number>;
  readonly ys: ArrayLike<number>;
  readonly colour: ColourName;
  /** Names at the ends of the axes. */
  readonly xName: string;
  readonly yName: string;
  /** Index of the point that is ringed. */
  readonly pointed?: () => number | undefined;
}

export function curve(picture: CurvePicture): TemplateResult {
  const { width, height, xs, ys, pointed } = picture;
  const frame = frameOf(picture);
  const mark = (): Record<string, string> | undefined => {
    const index = pointed?.();
    if (index === undefined) return undefined;
    const [x, y] = frame.place(at(xs, index), at(ys, index));
    return { transform: `translate(${x}px, ${y}px)` };
  };
  const paint = (context: CanvasRenderingContext2D, theme: Palette): void => {
    paintAxes(context, theme, { picture, frame });
    if (picture.line) paintLine(context, theme, { line: picture.line, frame, width });
    paintPoints(context, theme, { picture, frame });
  };
  return html`<span class="vector-picture"
    ><canvas
      aria-hidden="true"
      ${painted({ width, height, inputs: [xs, ys, picture.xName, picture.yName], paint })}
    ></canvas
    ><i class="point-mark" ${follow(mark)}></i
  ></span>`;
}

interface Frame {
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
  readonly place: (x: number, y: number) => readonly [number, number];
  readonly xAt: (pixel: number) => number;
}

/** Bounds that hold every point and the origin, with a little air. */
function frameOf({ width, height, xs, ys }: CurvePicture): Frame {
  const x = bounds(xs, 3);
  const y = bounds(ys, 0.5);
  return {
    x,
    y,
    place: (px, py) => [
      ((px - x[0]) / (x[1] - x[0])) * width,
      height - ((py - y[0]) / (y[1] - y[0])) * height,
    ],
    xAt: (pixel) => x[0] + (pixel / width) * (x[1] - x[0]),
  };
}

function bounds(values: ArrayLike<number>, least: number): readonly [number, number] {
  let [low, high] = [-least, least];
  for (let i = 0; i < values.length; i++) {
    low = Math.min(low, at(values, i));
    high = Math.max(high, at(values, i));
  }
  const air = (high - low) * 0.04;
  return [low - air, high + air];
}

function paintAxes(
  context: CanvasRenderingContext2D,
  theme: Palette,
  { picture, frame }: { picture: CurvePicture; frame: Frame },
): void {
  const { width, height } = picture;
  const [zeroX, zeroY] = frame.place(0, 0);
  context.strokeStyle = theme.colours.rule;
  context.beginPath();
  context.moveTo(0, zeroY);
  context.lineTo(width, zeroY);
  context.moveTo(zeroX, 0);
  context.lineTo(zeroX, height);
  context.stroke();
  context.fillStyle = theme.colours.dim;
  context.font = `10px ${theme.mono}`;
  context.fillText(fixedWithSign(frame.x[0], 1), 2, Math.min(height - 3, zeroY + 12));
  context.textAlign = 'right';
  context.fillText(
    `${picture.xName} ${fixedWithSign(frame.x[1], 1)}`,
    width - 2,
    Math.min(height - 3, zeroY + 12),
  );
  context.fillText(`${picture.yName} ${fixedWithSign(frame.y[1], 1)}`, zeroX - 5, 10);
}

function paintLine(
  context: CanvasRenderingContext2D,
  theme: Palette,
  { line, frame, width }: { line: (x: number) => number; frame: Frame; width: number },
): void {
  context.strokeStyle = theme.colours.r;
  context.lineWidth = 1;
  context.beginPath();
  for (let pixel = 0; pixel <= width; pixel += 2) {
    const x = frame.xAt(pixel);
    const [px, py] = frame.place(x, line(x));
    context.lineTo(px, py);
  }
  context.stroke();
}

function paintPoints(
  context: CanvasRenderingContext2D,
  theme: Palette,
  { picture: { xs, ys, colour }, frame }: { picture: CurvePicture; frame: Frame },
): void {
  context.fillStyle = theme.colours[colour];
  for (let i = 0; i < xs.length; i++) {
    const [x, y] = frame.place(at(xs, i), at(ys, i));
    context.globalAlpha = Math.abs(at(ys, i)) > 0.1 ? 0.85 : 0.3;
    context.beginPath();
    context.arc(x, y, 2, 0, 2 * Math.PI);
    context.fill();
  }
  context.globalAlpha = 1;
}
