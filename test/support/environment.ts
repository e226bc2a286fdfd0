import { afterAll, afterEach, beforeEach } from "vitest";

Object.assign(process.env, {
  AWS_REGION: "us-east-1",
  AWS_ACCESS_KEY_ID: "test",
  AWS_SECRET_ACCESS_KEY: "test",
  AWS_EC2_METADATA_DISABLED: "true",
  POWERTOOLS_LOG_LEVEL: "TRACE",
  POWERTOOLS_METRICS_DISABLED: "false",
});

/** What a test or a file changes in the environment ends with it: the files of a folder share processes. */
const ofFile = { ...process.env };
let ofTest = ofFile;

beforeEach(() => {
  ofTest = { ...process.env };
});
afterEach(() => restoreEnvironment(ofTest));
afterAll(() => restoreEnvironment(ofFile));

function restoreEnvironment(earlier: NodeJS.ProcessEnv): void {
  for (const name of Object.keys(process.env)) if (!(name in earlier)) delete process.env[name];
  Object.assign(process.env, earlier);
}
