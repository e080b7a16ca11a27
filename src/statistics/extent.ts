/**
 * The least and the largest of any number of values: a call with each as an argument overflows the stack from some
 * 100,000 on. Infinity and −Infinity of none; NaN does not count.
 */
export function extentOf(values: Iterable<number>): readonly [least: number, largest: number] {
  let [least, largest] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < least) least = value;
    if (value > largest) largest = value;
  }
  return [least, largest];
}
