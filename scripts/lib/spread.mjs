// Several measurements of one thing, in a few words.

/** The median of numbers, and their range. */
export function spread(numbers) {
  const sorted = [...numbers].sort((one, other) => one - other);
  const middle = sorted.length / 2;
  const median = (sorted[Math.ceil(middle) - 1] + sorted[Math.floor(middle)]) / 2;
  return { median, least: sorted[0], most: sorted[sorted.length - 1] };
}

/** The same for people: «1.20 (1.00 to 1.50)», or «1.20» where all are alike. */
export function tellSpread(numbers, digits) {
  const { median, least, most } = spread(numbers);
  const [middle, low, high] = [median, least, most].map(number => number.toFixed(digits));
  return low === high ? middle : `${middle} (${low} to ${high})`;
}
