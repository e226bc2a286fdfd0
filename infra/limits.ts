import { SettingsError } from "./errors.ts";

/** AWS's default quotas. */
export const LIMITS = {
  managedPolicies: 10,
  managedPolicyCharacters: 6_144,
  eventRules: 300,
  eventPatternCharacters: 2_048,
  templateBytes: 1_000_000,
} as const;

/** Stands for a partition, region or account that is unknown before deployment; none is longer. */
const PLACEHOLDER = "x".repeat("ap-northeast-1".length);

/** The length of a text in the deployed template. */
export function deployedLength(text: string): number {
  return text.replace(/\$\{Token\[.*?\]\}/g, PLACEHOLDER).length;
}

/** A template as JSON, indented unless that exceeds CloudFormation's limit. */
export function templateText(template: object): string {
  const indented = `${JSON.stringify(template, null, 1)}\n`;
  return Buffer.byteLength(indented) > LIMITS.templateBytes ? JSON.stringify(template) : indented;
}

/** A rule's name begins with it and has at most 64 characters. */
export const SERVICE_NAME = /^[\w.-]{1,40}$/;

/** @throws SettingsError if the names of alarms and rules cannot begin with it. */
export function requireServiceName(serviceName: string): void {
  if (SERVICE_NAME.test(serviceName)) return;
  throw new SettingsError(
    `The serviceName ${serviceName} is invalid: use at most 40 letters, digits, dots, hyphens and underscores.`,
  );
}

const CURE =
  "Permit them by tag instead (secretTag), or divide connections.json among several stacks, each with its own config, " +
  "stackName and serviceName.";

/** @throws SettingsError if the role cannot hold so many secrets by name. */
export function requirePolicies(secrets: number, policies: number): void {
  if (policies <= LIMITS.managedPolicies) return;
  throw new SettingsError(
    `connections.json lists ${secrets} secrets. Permitting each by its name takes ${policies} policies, but IAM attaches ` +
      `${LIMITS.managedPolicies} to a role. ${CURE}`,
  );
}

/** @throws SettingsError if an event bus cannot hold so many rules. */
export function requireRules(secrets: number, rules: number): void {
  if (rules <= LIMITS.eventRules) return;
  throw new SettingsError(
    `connections.json lists ${secrets} secrets. Matching their events takes ${rules} rules, but EventBridge allows ` +
      `${LIMITS.eventRules} in an account and region. ${CURE}`,
  );
}
