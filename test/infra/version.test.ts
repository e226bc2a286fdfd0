import { describe, expect, it } from "vitest";
import { VERSION } from "../../src/version.ts";
import { CONNECTIONS, ofType, synthesize } from "./synthesis.ts";

describe("the version of a deployment", () => {
  const { template, resources } = synthesize(CONNECTIONS, { fleetConcurrency: 2 });

  it("is in the description and the outputs of the stack", () => {
    expect(template.toJSON()).toMatchObject({
      Description: expect.stringContaining(`flink-connection-rotator ${VERSION}`),
      Outputs: { Version: { Value: VERSION } },
    });
  });

  it("is in the description of each function that runs the rotation", () => {
    const descriptions = ofType(resources, "AWS::Lambda::Function").map(({ Description }) => Description);
    expect(descriptions.filter((text) => String(text).startsWith("Rotates"))).toEqual([
      expect.stringContaining(`(version ${VERSION})`),
      expect.stringContaining(`(version ${VERSION})`),
    ]);
  });
});
