/** How much computing time this thread spent on it, ms. Unlike the time on the wall it does not grow because others use the machine. */
export function cpuMsOf(work: () => unknown): number {
  const before = process.threadCpuUsage();
  work();
  return cpuMsSince(before);
}

/** The same for work that goes on for a while; of this thread alone. */
export function cpuMsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1_000;
}
