import { Annotations } from "aws-cdk-lib";
import {
  type ISecurityGroup,
  type IVpc,
  Peer,
  Port,
  SecurityGroup,
  type SubnetSelection,
} from "aws-cdk-lib/aws-ec2";
import type { FunctionProps } from "aws-cdk-lib/aws-lambda";
import type { Construct } from "constructs";

/** The VPC and subnets of the function. Confluent, Secrets Manager and SNS must be reachable from there. */
export interface Network {
  readonly vpc: IVpc;
  /** Default: the VPC's private subnets. */
  readonly subnets?: SubnetSelection;
  /** Default: a new security group that allows only HTTPS egress. */
  readonly securityGroups?: readonly ISecurityGroup[];
}

/** The proxy through which the function reaches Confluent and AWS. */
export interface HttpsProxy {
  /** Such as http://proxy.example.com:3128. */
  readonly url: string;
  /** Hosts that are called without it, each with its subdomains. */
  readonly except?: readonly string[];
}

const HTTPS_PORT = 443;

export function proxyEnvironment(
  scope: Construct,
  { url, except = [] }: HttpsProxy,
): Readonly<Record<string, string>> {
  if (new URL(url).password !== "")
    Annotations.of(scope).addWarningV2(
      "flink-connection-rotator:proxyPassword",
      "The address of the proxy contains a password, which the template and the function's configuration show. Let the proxy " +
        "accept the function by its address instead.",
    );
  return { HTTPS_PROXY: url, ...(except.length > 0 && { NO_PROXY: except.join(",") }) };
}

export function inNetwork(
  scope: Construct,
  { vpc, subnets, securityGroups }: Network,
  proxy?: HttpsProxy,
): Pick<FunctionProps, "vpc" | "vpcSubnets" | "securityGroups"> {
  return {
    vpc,
    ...(subnets && { vpcSubnets: subnets }),
    securityGroups: [...(securityGroups ?? [httpsOut(scope, vpc, proxy)])],
  };
}

function httpsOut(scope: Construct, vpc: IVpc, proxy: HttpsProxy | undefined): SecurityGroup {
  const description = "Flink connection rotator: HTTPS egress only";
  const group = new SecurityGroup(scope, "SecurityGroup", { vpc, description, allowAllOutbound: false });
  group.addEgressRule(Peer.anyIpv4(), Port.HTTPS, "Confluent and AWS APIs");
  const proxyPort = proxy && portOf(proxy.url);
  if (proxyPort !== undefined && proxyPort !== HTTPS_PORT)
    group.addEgressRule(Peer.anyIpv4(), Port.tcp(proxyPort), "The proxy");
  return group;
}

function portOf(address: string): number {
  const { port, protocol } = new URL(address);
  return port === "" ? ({ "http:": 80 }[protocol] ?? HTTPS_PORT) : Number(port);
}
