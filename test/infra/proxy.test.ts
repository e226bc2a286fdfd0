import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { proxySettings } from "../../src/adapters/proxy.ts";
import { deployedFile, variablesOf } from "./function.ts";
import { CONNECTIONS, ofType, synthesize, warningsOf } from "./synthesis.ts";

const VPC = { vpcId: "vpc-0a1b2c3d", subnetIds: "subnet-0a1b2c3d" };
const PROXY = { httpsProxy: "http://proxy.example.com:3128", noProxy: "amazonaws.com, internal.example.com" };

const portsOf = (settings: object) =>
  ofType(synthesize(CONNECTIONS, { ...VPC, ...settings }).resources, "AWS::EC2::SecurityGroup").flatMap(
    ({ SecurityGroupEgress }) => JSON.stringify(SecurityGroupEgress).match(/"ToPort":\d+/g) ?? [],
  );

describe("a deployment behind a proxy", () => {
  it("sets the variables that the function reads", () => {
    const variables = variablesOf(synthesize(CONNECTIONS, PROXY));
    expect(variables).toMatchObject({
      HTTPS_PROXY: PROXY.httpsProxy,
      NO_PROXY: "amazonaws.com,internal.example.com",
    });
    expect(proxySettings(variables)).toMatchObject({
      host: "proxy.example.com:3128",
      noProxy: expect.arrayContaining(["amazonaws.com", "internal.example.com"]),
    });
  });

  it("allows egress to the proxy's port, and HTTPS for the hosts in noProxy", () => {
    expect(portsOf(PROXY)).toEqual(['"ToPort":443', '"ToPort":3128']);
    expect(portsOf({ httpsProxy: "https://proxy.example.com" })).toEqual(['"ToPort":443']);
    expect(portsOf({ httpsProxy: "http://proxy.example.com" })).toEqual(['"ToPort":443', '"ToPort":80']);
  });

  it("warns that the template shows a password in the proxy's address", () => {
    const withPassword = synthesize(CONNECTIONS, {
      httpsProxy: "http://user:password@proxy.example.com:3128",
    });
    expect(warningsOf(withPassword).join()).toContain("The address of the proxy contains a password");
    expect(warningsOf(synthesize(CONNECTIONS, PROXY)).join()).not.toContain("password");
  });

  it("deploys additional certificate authorities with the function", () => {
    const { folder } = synthesize();
    const pem = "-----BEGIN CERTIFICATE-----\nbm9uZQ==\n-----END CERTIFICATE-----\n";
    const file = join(folder, "company.pem");
    writeFileSync(file, pem);
    const withAuthority = synthesize(CONNECTIONS, { ...PROXY, caCertificates: file });
    expect(variablesOf(withAuthority)).toMatchObject({
      NODE_EXTRA_CA_CERTS: "/var/task/ca-certificates.pem",
    });
    expect(deployedFile(withAuthority, "ca-certificates.pem")).toBe(pem);
  });
});
