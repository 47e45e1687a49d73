/** Step 4: every head small, or one head opened and walked through its seven stages. */
import type { Inspector, View } from '../view';
import { createMorph } from '../picture/morph';
import { attendGallery, galleryMoves, gallerySide } from './attendGallery';
import { attendHead, headMoves, headSide } from './attendHead';
import { tintOf } from './attentionMeasure';
import { restingCell } from './headNumbers';
import { galleryReader } from './headThumbnails';
import { maskEditor } from './maskEditor';

export function attend(inspector: Inspector): View {
  const { place } = inspector;
  const parts = { morph: createMorph(), editor: maskEditor(inspector) };
  const gallery = galleryReader(inspector);
  const isOpen = () => place.value.open;
  const moves = () => (isOpen() ? headMoves(inspector, parts.editor) : galleryMoves(inspector));
  return {
    stage: () => (isOpen() ? attendHead(inspector, parts) : attendGallery(inspector, gallery)),
    side: () => (isOpen() ? headSide(inspector) : gallerySide(inspector)),
    resting: () => {
      if (!isOpen()) return undefined;
      const cell = restingCell(inspector);
      const weights = tintOf(inspector, cell[0]);
      return weights ? { cell, weights } : { cell };
    },
    moves: {
      x: (by) => moves().x?.(by) ?? false,
      y: (by) => moves().y?.(by) ?? false,
      enter: () => moves().enter?.() ?? false,
      stage: (by) => moves().stage?.(by) ?? false,
      close: () => moves().close?.() ?? false,
      edit: () => moves().edit?.() ?? false,
    },
  };
}
