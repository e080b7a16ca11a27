/** Paths by their last step where no other one ends alike: `states` for `device.states`. */
export function shortNames(paths: readonly string[]): ReadonlyMap<string, string> {
  const lastOf = (path: string): string => path.slice(path.lastIndexOf('.') + 1);
  const counts = new Map<string, number>();
  for (const path of new Set(paths)) counts.set(lastOf(path), (counts.get(lastOf(path)) ?? 0) + 1);
  return new Map(paths.map((path) => [path, counts.get(lastOf(path)) === 1 ? lastOf(path) : path]));
}
