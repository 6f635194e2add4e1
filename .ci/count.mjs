// Prints `passed failed` of a vitest report in JSON. A file that could not be run has no tests to count: it is one that failed; so is a report that was never written.
import { existsSync, readFileSync } from 'node:fs';

const path = process.argv[2] ?? '';
const { numPassedTests, numFailedTests, testResults } = existsSync(path)
  ? JSON.parse(readFileSync(path, 'utf8'))
  : { numPassedTests: 0, numFailedTests: 1, testResults: [] };
const isBroken = ({ status, assertionResults }) => status === 'failed' && !assertionResults.some((test) => test.status === 'failed');
process.stdout.write(`${numPassedTests} ${numFailedTests + testResults.filter(isBroken).length}\n`);
