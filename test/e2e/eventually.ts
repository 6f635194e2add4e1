/** Far more than anything takes on a quiet machine: only a test that fails waits so long. */
const longestMs = 60_000;

type Found<T> = T | undefined | null | false;

/** Waits until `look` finds something; fails with what the service wrote. */
export async function eventually<T>(look: () => Found<T> | Promise<Found<T>>, output: () => string): Promise<T> {
  const until = performance.now() + longestMs;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (performance.now() > until) throw new Error(`it did not happen within ${longestMs} ms\n${output().slice(-6_000)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
