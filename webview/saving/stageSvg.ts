/**
 * What is on screen as one SVG: texts as texts, matrices as a rectangle for each number with the number as its title,
 * other canvases as images, all in the colours of the theme that the person sees.
 */
import { cellsSvg, type Box } from './cellsSvg';
import { hatchId, hatchPattern } from './hatchPattern';
import { element, escaped, number, type Frame } from './markup';
import { textsSvg } from './textSvg';

/** What stands below the picture, one line each: where its numbers come from. */
export type Footer = readonly string[];

export interface StageSvg {
  readonly svg: string;
  /** CSS pixels. */
  readonly width: number;
  readonly height: number;
}

const margin = 12;
const footerSize = 11;
const footerLine = 15;
/** What is only for operating, or only for ears, is no part of the picture. */
const leftOut = '.sr, input, select, textarea, [hidden], vscode-progress-ring';

export function stageSvg(stage: HTMLElement, footer: Footer): StageSvg {
  const box = stage.getBoundingClientRect();
  const frame: Frame = {
    left: box.left - stage.scrollLeft - margin,
    top: box.top - stage.scrollTop - margin,
  };
  const height = stage.scrollHeight + 2 * margin + footer.length * footerLine;
  const width = stage.scrollWidth + 2 * margin;
  const style = getComputedStyle(document.body);
  const background = style.backgroundColor;
  const lines = footer.map((line, index) =>
    element(
      'text',
      {
        x: margin,
        y: stage.scrollHeight + 2 * margin + (index + 0.5) * footerLine,
        fill: style.color,
        'font-family': style.fontFamily,
        'font-size': footerSize,
      },
      [escaped(line)],
    ),
  );
  const svg = element(
    'svg',
    { xmlns: 'http://www.w3.org/2000/svg', width, height, viewBox: `0 0 ${width} ${height}` },
    [
      element('defs', {}, [hatchPattern()]),
      element('rect', { width, height, fill: isClear(background) ? editorColour() : background }),
      ...[...stage.childNodes].map((child) => nodeSvg(child, frame)),
      ...lines,
    ],
  );
  return { svg, width, height };
}

function editorColour(): string {
  return getComputedStyle(document.body).getPropertyValue('--vscode-editor-background').trim();
}

function nodeSvg(node: Node, frame: Frame): string {
  if (node instanceof Text) return textsSvg(node, frame);
  if (node instanceof SVGSVGElement) return graphicSvg(node, frame);
  if (!(node instanceof Element) || node.matches(leftOut)) return '';
  const style = getComputedStyle(node);
  if (style.display === 'none' || style.visibility === 'hidden') return '';
  const box = node.getBoundingClientRect();
  const drawn = [
    boxSvg(box, style, frame),
    node.localName === 'msqrt' ? rootSvg(box, style, frame) : '',
    node instanceof HTMLCanvasElement ? canvasSvg(node, box, frame) : '',
    ...[...node.childNodes].map((child) => nodeSvg(child, frame)),
  ].join('');
  const shown = style.overflow === 'visible' ? drawn : clipped(drawn, box, frame);
  return style.opacity === '1' ? shown : element('g', { opacity: style.opacity }, [shown]);
}

/** Background and borders. */
function boxSvg(box: DOMRect, style: CSSStyleDeclaration, frame: Frame): string {
  if (box.width === 0 || box.height === 0) return '';
  const place = placeOf(box, frame);
  const isHatched = style.backgroundImage.startsWith('repeating-linear-gradient');
  const fill = isHatched ? `url(#${hatchId})` : style.backgroundColor;
  const rx = style.borderRadius.endsWith('%')
    ? box.width / 2
    : Number.parseFloat(style.borderRadius);
  const round = rx > 0 ? { rx } : {};
  const ground = isClear(fill) ? '' : element('rect', { ...place, fill, ...round });
  const edge = rx > 0 ? outlineSvg({ ...place, rx }, style) : bordersSvg(box, style, frame);
  return ground + edge;
}

type Rounded = Box & { readonly rx: number };

/** The border of a rounded box, which is the same all round. */
function outlineSvg(place: Rounded, style: CSSStyleDeclaration): string {
  const width = Number.parseFloat(style.borderTopWidth);
  const stroke = style.borderTopColor;
  if (width === 0 || style.borderTopStyle === 'none' || isClear(stroke)) return '';
  const inner = {
    ...place,
    x: place.x + width / 2,
    y: place.y + width / 2,
    width: Math.max(0, place.width - width),
    height: Math.max(0, place.height - width),
  };
  return element('rect', { ...inner, fill: 'none', stroke, 'stroke-width': width });
}

/** The sign of a root, which has no text of its own. */
function rootSvg(box: DOMRect, style: CSSStyleDeclaration, frame: Frame): string {
  const { x, y, width, height } = placeOf(box, frame);
  const corners = [
    [0, height * 0.6],
    [2, height * 0.55],
    [4, height],
    [7, 1],
    [width, 1],
  ] as const;
  const points = corners.map(([across, down]) => `${number(x + across)},${number(y + down)}`);
  return element('polyline', { points: points.join(' '), fill: 'none', stroke: style.color });
}

function bordersSvg(box: DOMRect, style: CSSStyleDeclaration, frame: Frame): string {
  const { x, y, width, height } = placeOf(box, frame);
  const side = (name: 'Top' | 'Right' | 'Bottom' | 'Left'): string => {
    const thick = Number.parseFloat(style[`border${name}Width`]);
    const fill = style[`border${name}Color`];
    if (thick === 0 || style[`border${name}Style`] === 'none' || isClear(fill)) return '';
    const isAcross = name === 'Top' || name === 'Bottom';
    return element('rect', {
      x: name === 'Right' ? x + width - thick : x,
      y: name === 'Bottom' ? y + height - thick : y,
      width: isAcross ? width : thick,
      height: isAcross ? thick : height,
      fill,
    });
  };
  return side('Top') + side('Right') + side('Bottom') + side('Left');
}

function canvasSvg(canvas: HTMLCanvasElement, box: DOMRect, frame: Frame): string {
  const place = placeOf(box, frame);
  const cells = cellsSvg(canvas, place);
  if (cells !== undefined) return cells;
  return element('image', { ...place, preserveAspectRatio: 'none', href: canvas.toDataURL() });
}

const painted = ['fill', 'stroke', 'stroke-width', 'stroke-opacity', 'fill-opacity', 'opacity'];

/** A drawing of the page itself, with the colours that its style sheet gives it. */
function graphicSvg(graphic: SVGSVGElement, frame: Frame): string {
  const copy = graphic.cloneNode(true) as SVGSVGElement;
  const originals = [graphic, ...graphic.querySelectorAll('*')];
  [copy, ...copy.querySelectorAll('*')].forEach((one, index) => {
    const original = originals[index];
    if (original === undefined) return;
    const style = getComputedStyle(original);
    for (const name of painted) one.setAttribute(name, style.getPropertyValue(name));
    one.removeAttribute('class');
  });
  const place = placeOf(graphic.getBoundingClientRect(), frame);
  for (const name of ['x', 'y', 'width', 'height'] as const) {
    copy.setAttribute(name, number(place[name]));
  }
  return new XMLSerializer().serializeToString(copy);
}

function clipped(drawn: string, box: DOMRect, frame: Frame): string {
  const { x, y, width, height } = placeOf(box, frame);
  if (drawn === '' || width === 0 || height === 0) return '';
  const viewBox = [x, y, width, height].map(number).join(' ');
  return element('svg', { x, y, width, height, viewBox }, [drawn]);
}

function placeOf(box: DOMRect, { left, top }: Frame): Box {
  return { x: box.left - left, y: box.top - top, width: box.width, height: box.height };
}

function isClear(colour: string): boolean {
  return colour === 'transparent' || /^rgba\(.*, 0\)$/.test(colour);
}
