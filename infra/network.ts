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

/** The part of a VPC in which the function runs. Confluent, Secrets Manager and SNS must be reachable from there. */
export interface Network {
  readonly vpc: IVpc;
  /** Default: the VPC's private subnets. */
  readonly subnets?: SubnetSelection;
  /** Default: a new security group without ingress and with HTTPS egress only. */
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
  const description = "Flink connection rotator: HTTPS egress only";
  const group = new SecurityGroup(scope, "SecurityGroup", { vpc, description, allowAllOutbound: false });
  group.addEgressRule(Peer.anyIpv4(), Port.HTTPS, "Confluent and AWS APIs");
  return group;
}
