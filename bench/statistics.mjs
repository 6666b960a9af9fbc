// Medians, since other programs on the machine only ever make a round slower.

/** The value below which a share `p` of the values lies. */
export function quantile(values, p) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * p;
  const low = sorted[Math.floor(at)];
  return low + (sorted[Math.ceil(at)] - low) * (at % 1);
}

export const median = (values) => quantile(values, 0.5);

/** Interquartile range over median: 0 where all rounds agree. */
export const spread = (values) => (quantile(values, 0.75) - quantile(values, 0.25)) / median(values);
