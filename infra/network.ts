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

/** Where in a VPC the function runs; from there it must reach Confluent, Secrets Manager and SNS. */
export interface Network {
  readonly vpc: IVpc;
  /** Default: the VPC's private subnets. */
  readonly subnets?: SubnetSelection;
  /** Default: a new one that lets nothing in and only HTTPS out. */
  readonly securityGroups?: readonly ISecurityGroup[];
}

export function inNetwork(
  scope: Construct,
  { vpc, subnets, securityGroups }: Network,
): Pick<FunctionProps, "vpc" | "vpcSubnets" | "securityGroups"> {
  return {
    vpc,
    ...(subnets && { vpcSubnets: subnets }),
    securityGroups: [...(securityGroups ?? [httpsOut(scope, vpc)])],
  };
}

function httpsOut(scope: Construct, vpc: IVpc): SecurityGroup {
  const description = "Flink connection rotator: HTTPS out, nothing in";
  const group = new SecurityGroup(scope, "SecurityGroup", { vpc, description, allowAllOutbound: false });
  group.addEgressRule(Peer.anyIpv4(), Port.HTTPS, "Confluent and AWS APIs");
  return group;
}
