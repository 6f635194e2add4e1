import { writeSync } from 'node:fs';
import type { Step } from '../../src/pipeline/deps.ts';
import { start } from '../../src/start.ts';

/**
 * The service as tests run it: in a process of its own, on the tests' time scale. It dies at a named step when `KILL_AT` says so (`step:visits`),
 * and stands still there, once, when `FREEZE_AT` does, until it is sent SIGCONT. With `ARMED=later` visits count from a SIGUSR2 on.
 */
const killsItself = atVisit(process.env['KILL_AT']);
const freezes = atVisit(process.env['FREEZE_AT']);

let armed = process.env['ARMED'] !== 'later';
process.on('SIGUSR2', () => {
  armed = true;
  writeSync(1, 'armed\n');
});

await start(process.env, {
  timeScale: Number(process.env['TIME_SCALE'] ?? '1'),
  insecureMediaOrigins: (process.env['INSECURE_MEDIA_ORIGINS'] ?? '').split(',').filter(Boolean),
  probe(step: Step) {
    if (!armed) return;
    if (killsItself(step)) {
      writeSync(1, `killed at ${step}\n`);
      process.kill(process.pid, 'SIGKILL');
    }
    if (!freezes(step)) return;
    // At once: nothing else runs in between.
    writeSync(1, `frozen at ${step}\n`);
    process.kill(process.pid, 'SIGSTOP');
  },
});

/** True at the last of so many visits of the step, and never again. */
function atVisit(given = ''): (step: Step) => boolean {
  const [named, visits = '1'] = given.split(':');
  let left = Number(visits);
  return (step) => {
    if (step !== named) return false;
    left -= 1;
    return left === 0;
  };
}
