/** Who takes longer gives up the place, but not the work: an answer of the store that was lost with its connection may take half a minute to be missed. */
const patienceMs = 1_000;

/** Runs what it is given, so many at the same time; what comes while they are at it waits for its turn. */
export function fewAtOnce(most: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let taken = 0;

  function give(): void {
    const next = waiting.shift();
    if (next) next();
    else taken -= 1;
  }

  return async (work) => {
    if (taken >= most) await new Promise<void>((resolve) => waiting.push(resolve));
    else taken += 1;
    let isGiven = false;
    const tooLong = setTimeout(() => {
      isGiven = true;
      give();
    }, patienceMs);
    try {
      return await work();
    } finally {
      clearTimeout(tooLong);
      if (!isGiven) give();
    }
  };
}
