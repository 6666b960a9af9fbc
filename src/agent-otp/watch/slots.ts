/**
 * When the read that is kept for each end has to begin, so that no window has more than `cap` of them: where more end together,
 * the surplus is read one window earlier, and so on. `ends` are the times at which they should begin.
 *
 * @returns the times in the order of `ends`.
 */
export function slotsOf(ends: readonly number[], cap: number, windowMs: number): number[] {
  const latestFirst = ends.map((end, index) => ({ end, index })).sort((a, b) => b.end - a.end);
  const slots: number[] = [];
  const inOrder: number[] = [];
  for (const { end, index } of latestFirst) {
    const slot = Math.min(end, (inOrder[inOrder.length - cap] ?? Number.POSITIVE_INFINITY) - windowMs);
    inOrder.push(slot);
    slots[index] = slot;
  }
  return slots;
}
