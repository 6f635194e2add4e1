import type { Step } from '../../src/pipeline/deps.ts';
import { start } from '../../src/start.ts';

/** The service as tests run it: in a process of its own, on the tests' time scale, dying at a named step when `KILL_AT` says so (`step:visits`). */
const [killStep, visits = '1'] = (process.env['KILL_AT'] ?? '').split(':');
let left = Number(visits);

await start(process.env, {
  timeScale: Number(process.env['TIME_SCALE'] ?? '1'),
  paceScale: Number(process.env['PACE_SCALE'] ?? process.env['TIME_SCALE'] ?? '1'),
  insecureMediaOrigins: (process.env['INSECURE_MEDIA_ORIGINS'] ?? '').split(',').filter(Boolean),
  probe(step: Step) {
    if (step !== killStep) return;
    left -= 1;
    if (left <= 0) process.kill(process.pid, 'SIGKILL');
  },
});
