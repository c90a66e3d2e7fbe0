/**
 * Run tasks 0 to `count - 1`, begun in this order and `lanes` at a time.
 *
 * @param isStopped begin no more; what fails from then on does not matter
 * @returns what each came to; null if it was not begun or did not end
 * @throws what the first of them in this order threw; no further ones are begun then
 */
export async function spread<T>(
  count: number,
  lanes: number,
  run: (task: number) => Promise<T>,
  isStopped: () => boolean,
): Promise<(T | null)[]> {
  const results = Array.from({ length: count }, (): T | null => null);
  const failures: { readonly task: number; readonly error: unknown }[] = [];
  let next = 0;
  const lane = async () => {
    while (next < count && failures.length === 0 && !isStopped()) {
      const task = next++;
      try {
        results[task] = await run(task);
      } catch (error) {
        failures.push({ task, error });
      }
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  if (failures.length > 0 && !isStopped())
    throw failures.reduce((first, failure) => (failure.task < first.task ? failure : first)).error;
  return results;
}
