// Prints `passed failed` of a vitest report in JSON. A file that could not be run has no tests to count: it is one that failed.
import { readFileSync } from 'node:fs';

const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'));
const broken = testResults.filter(
  ({ status, assertionResults }) => status === 'failed' && !assertionResults.some((one) => one.status === 'failed'),
);
process.stdout.write(`${numPassedTests} ${numFailedTests + broken.length}\n`);
