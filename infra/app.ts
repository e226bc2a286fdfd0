import { App, Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks } from "cdk-nag";
import { RotatorStack } from "./stack.ts";

const app = new App({ autoSynth: false });
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
// The cdk command sets these if it finds credentials.
const { CDK_DEFAULT_ACCOUNT: account, CDK_DEFAULT_REGION: region } = process.env;
try {
  new RotatorStack(app, { ...(account && { account }), ...(region && { region }) });
  app.synth();
} catch (error) {
  if (!(error instanceof Error) || !["ConfigError", "SettingsError"].includes(error.name)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
