/** Who takes longer gives up the place, but not the work: an answer of the store that was lost with its connection may take half a minute to be missed. */
const patienceMs = 1_000;

/** Runs work of a known size: all that comes, until so much is under way; what comes then waits for its turn. What is larger than `most` goes alone. */
export function inPortions(most: number): <T>(size: number, work: () => Promise<T>) => Promise<T> {
  const waiting: { readonly size: number; readonly go: () => void }[] = [];
  let underWay = 0;

  function next(): void {
    for (let first = waiting[0]; first && (underWay === 0 || underWay + first.size <= most); first = waiting[0]) {
      waiting.shift();
      underWay += first.size;
      first.go();
    }
  }

  return async (size, work) => {
    await new Promise<void>((go) => {
      waiting.push({ size, go });
      next();
    });
    let isThrough = false;
    const through = (): void => {
      if (isThrough) return;
      isThrough = true;
      underWay -= size;
      next();
    };
    const tooLong = setTimeout(through, patienceMs);
    try {
      return await work();
    } finally {
      clearTimeout(tooLong);
      through();
    }
  };
}
