/** Of these, the next `most` each time it is asked: all of them where they are few, else each of them again after so many turns. */
export function turnByTurn<T>(most: number): (all: readonly T[]) => readonly T[] {
  let next = 0;
  return (all) => {
    if (all.length <= most) return all;
    const from = next % all.length;
    next = from + most;
    return [...all.slice(from, from + most), ...all.slice(0, Math.max(0, from + most - all.length))];
  };
}
