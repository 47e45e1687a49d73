import type { Palette } from './palette';

/** The mark of what is masked or not shown: one continuous pattern, whatever the shape. */

/** Hatches a rectangle. */
export function hatchRectangle(
  context: CanvasRenderingContext2D,
  theme: Palette,
  [x, y, width, height]: readonly [number, number, number, number],
): void {
  const region = new Path2D();
  region.rect(0, 0, width, height);
  context.save();
  context.translate(x, y);
  hatch(context, theme, { region, width, height, pitch: 4 });
  context.restore();
}

export interface Hatching {
  readonly region: Path2D;
  readonly width: number;
  readonly height: number;
  /** Distance between lines. */
  readonly pitch: number;
}

/** Hatches a region that lies in (0, 0, width, height). */
export function hatch(
  context: CanvasRenderingContext2D,
  theme: Palette,
  { region, width, height, pitch }: Hatching,
): void {
  context.save();
  context.clip(region);
  context.strokeStyle = theme.colours.hatch;
  context.lineWidth = 0.75;
  context.beginPath();
  for (let x = -height; x < width; x += pitch) {
    context.moveTo(x, height);
    context.lineTo(x + height, 0);
  }
  context.stroke();
  context.restore();
}
