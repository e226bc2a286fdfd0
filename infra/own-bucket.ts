import { join } from "node:path";
import {
  CfnParameter,
  type DockerImageAssetLocation,
  type FileAssetLocation,
  type FileAssetSource,
  type ISynthesisSession,
  StackSynthesizer,
  Stage,
} from "aws-cdk-lib";
import { sha256, zipFolder } from "./archive.ts";
import { SettingsError } from "./errors.ts";

/** The code of a function, which must be in the bucket before the stack is created. */
export interface Archive {
  readonly file: string;
  /** The key in the bucket. It changes with the content, so that CloudFormation notices changed code. */
  readonly key: string;
  readonly content: Uint8Array;
}

const FILES = ["function.zip", "orchestrator.zip"] as const;

/** Uses the code in any bucket and needs no CDK bootstrap in the account. */
export class OwnBucketSynthesizer extends StackSynthesizer {
  readonly #bucket: string | undefined;
  readonly #archives: Archive[] = [];

  /** @param bucket the default is a parameter of the template. */
  constructor(bucket?: string) {
    super();
    this.#bucket = bucket;
  }

  get archives(): readonly Archive[] {
    return this.#archives;
  }

  override addFileAsset({ fileName = "" }: FileAssetSource): FileAssetLocation {
    const content = zipFolder(join(Stage.of(this.boundStack)?.outdir ?? "", fileName));
    const key = `flink-connection-rotator/${sha256(content)}.zip`;
    if (!this.#archives.some((archive) => archive.key === key))
      this.#archives.push({ file: FILES[this.#archives.length] ?? fileName, key, content });
    const url = `s3://${this.#bucketName()}/${key}`;
    return { bucketName: this.#bucketName(), objectKey: key, httpUrl: url, s3ObjectUrl: url };
  }

  override addDockerImageAsset(): DockerImageAssetLocation {
    throw new SettingsError("A container image needs CDK's bootstrap.");
  }

  override synthesize(session: ISynthesisSession): void {
    this.synthesizeTemplate(session);
    this.emitArtifact(session);
  }

  #bucketName(): string {
    if (this.#bucket !== undefined) return this.#bucket;
    const id = "CodeBucket";
    const existing = this.boundStack.node.tryFindChild(id);
    const parameter =
      existing instanceof CfnParameter
        ? existing
        : new CfnParameter(this.boundStack, id, {
            description: "The bucket, in the region of the stack, that contains the code of the function",
          });
    return parameter.valueAsString;
  }
}
