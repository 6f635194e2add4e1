/** Inputs that one run takes at most, when several calls share it. */
const mostTogether = 500;

/** A run that takes longer keeps its own callers waiting and nobody else: an answer that was lost with its connection may take half a minute to be missed. */
const patienceMs = 1_000;

interface Call<In, Out> {
  readonly inputs: readonly In[];
  readonly resolve: (outputs: readonly Out[]) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Calls that come while one is under way are answered by the next, all of them at once: a flood of small round trips becomes few large ones, and a call that
 * comes alone waits for nothing. A run that throws fails every call in it.
 * @param run answers its inputs by position
 */
export function together<In, Out>(
  run: (inputs: readonly In[]) => Promise<readonly Out[]>,
): (inputs: readonly In[]) => Promise<readonly Out[]> {
  const waiting: Call<In, Out>[] = [];
  let running = false;

  function next(): readonly Call<In, Out>[] {
    let size = 0;
    const end = waiting.findIndex(({ inputs }, index) => {
      size += inputs.length;
      return index > 0 && size > mostTogether;
    });
    return waiting.splice(0, end === -1 ? waiting.length : end);
  }

  async function answer(calls: readonly Call<In, Out>[]): Promise<void> {
    try {
      const outputs = await run(calls.flatMap(({ inputs }) => inputs));
      let from = 0;
      for (const { inputs, resolve } of calls) {
        resolve(outputs.slice(from, from + inputs.length));
        from += inputs.length;
      }
    } catch (error) {
      for (const { reject } of calls) reject(error);
    }
  }

  async function drain(): Promise<void> {
    while (waiting.length > 0) {
      const answered = answer(next());
      await new Promise<void>((resolve) => {
        const tooLong = setTimeout(resolve, patienceMs);
        void answered.finally(() => {
          clearTimeout(tooLong);
          resolve();
        });
      });
    }
    running = false;
  }

  return (inputs) =>
    new Promise((resolve, reject) => {
      if (inputs.length === 0) return resolve([]);
      waiting.push({ inputs, resolve, reject });
      if (running) return;
      running = true;
      // What is called in the same breath goes along.
      queueMicrotask(() => void drain());
    });
}
