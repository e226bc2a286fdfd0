import { copyFileSync, cpSync, existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { AssetHashType, DockerImage } from "aws-cdk-lib";
import { Code } from "aws-cdk-lib/aws-lambda";
import { SettingsError } from "./errors.ts";

const BUNDLE = resolve(import.meta.dirname, "../dist/lambda");

/**
 * The built bundle with its configuration beside it.
 * @throws SettingsError if the bundle has not been built.
 */
export function rotatorCode(configFile: string, bundle: string = BUNDLE): Code {
  if (!existsSync(join(bundle, "index.mjs"))) {
    throw new SettingsError(`${join(bundle, "index.mjs")} is missing: run "npm run build" first.`);
  }
  return Code.fromAsset(bundle, {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      // CDK requires an image. It is never pulled, because the local bundling below always succeeds.
      image: DockerImage.fromRegistry("scratch"),
      local: {
        tryBundle(outputDir) {
          cpSync(bundle, outputDir, { recursive: true });
          copyFileSync(configFile, join(outputDir, "connections.json"));
          return true;
        },
      },
    },
  });
}
