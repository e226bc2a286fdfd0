import { copyFileSync, cpSync, existsSync, readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { AssetHashType, DockerImage } from "aws-cdk-lib";
import { Code } from "aws-cdk-lib/aws-lambda";
import { SettingsError } from "./errors.ts";

const BUNDLE = resolve(import.meta.dirname, "../dist/lambda");

/** Where the function finds additional certificate authorities, which are deployed with it. */
export const CA_CERTIFICATES_PATH = "/var/task/ca-certificates.pem";

/**
 * The built bundle with its configuration.
 * @param caCertificates a PEM file with additional certificate authorities.
 * @throws SettingsError if the bundle has not been built or the PEM file contains no certificate.
 */
export function rotatorCode(configFile: string, bundle: string = BUNDLE, caCertificates?: string): Code {
  if (caCertificates !== undefined) requireCertificates(caCertificates);
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
          if (caCertificates !== undefined)
            copyFileSync(caCertificates, join(outputDir, basename(CA_CERTIFICATES_PATH)));
          return true;
        },
      },
    },
  });
}

function requireCertificates(file: string): void {
  if (existsSync(file) && readFileSync(file, "utf8").includes("-----BEGIN CERTIFICATE-----")) return;
  throw new SettingsError(`${file} is not a PEM file with certificates (caCertificates).`);
}
