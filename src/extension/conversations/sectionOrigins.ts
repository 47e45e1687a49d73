/** Whose words a part of a conversation holds, as it stands in its document: headings and all. */
import type { PromptOrigins } from '../../protocol/chat';
import { sectionsOf } from './sections';

/** Offsets of the answer count from `region.start`. Undefined for a text that is no conversation. */
export function sectionOrigins(
  document: string,
  region: { readonly start: number; readonly end: number },
): PromptOrigins | undefined {
  const parts = sectionsOf(document)?.map(({ role, start, end }) => ({
    role,
    start: Math.max(start, region.start) - region.start,
    end: Math.min(end, region.end) - region.start,
  }));
  return parts && { template: 'headings', parts: parts.filter(({ start, end }) => end > start) };
}
