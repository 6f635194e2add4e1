/** Far more than anything takes on a quiet machine: only a test that fails waits so long. */
const longestMs = 60_000;
const longestPauseMs = 3_000;

type Found<T> = T | undefined | null | false;

/** Waits until `look` finds something; fails with what the service wrote. */
export async function eventually<T>(look: () => Found<T> | Promise<Found<T>>, output: () => string): Promise<T> {
  const until = performance.now() + longestMs;
  for (;;) {
    const lookedAt = performance.now();
    const found = await look();
    if (found) return found;
    if (performance.now() > until) throw new Error(`it did not happen within ${longestMs} ms\n${output().slice(-6_000)}`);
    // Fakes and proxies live in this process, and answer nobody while it looks: most of the time is theirs.
    await new Promise((resolve) => setTimeout(resolve, Math.min(longestPauseMs, Math.max(20, 9 * (performance.now() - lookedAt)))));
  }
}
