/** The account and region that a secret's bare name belongs to. */
export interface AwsScope {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
}

interface SecretId {
  /** Absent for a bare name. */
  readonly scope: AwsScope | undefined;
  /** The name; in a full ARN the name and the suffix. */
  readonly path: string;
}

const ARN = /^arn:([^:]+):secretsmanager:([^:]+):(\d+):secret:(.+)$/;
/** Secrets Manager ends a full ARN in a hyphen and six characters. */
const SUFFIX = /-[A-Za-z0-9]{6}$/;

/**
 * True when two identifiers, each a name, a partial ARN or a full ARN, mean the same secret.
 * @param own the account and region that bare names belong to; while it is unknown, a name matches any account's ARN.
 */
export function sameSecret(a: string, b: string, own?: AwsScope): boolean {
  const [first, second] = [parse(a), parse(b)];
  if (!sameScope(first.scope ?? own, second.scope ?? own)) return false;
  return (
    first.path === second.path ||
    (second.scope !== undefined && isNameIn(first.path, second.path)) ||
    (first.scope !== undefined && isNameIn(second.path, first.path))
  );
}

/** The account and region that an identifier names; `undefined` for a bare name. */
export function scopeOf(secretId: string): AwsScope | undefined {
  return parse(secretId).scope;
}

/** The names that an identifier may stand for: an ARN may be full, or may be partial and only look full. */
export function possibleNames(secretId: string): readonly string[] {
  const { scope, path } = parse(secretId);
  return scope !== undefined && SUFFIX.test(path) ? [path, path.replace(SUFFIX, "")] : [path];
}

/** The partial ARN of a secret with this name in this account and region. */
export function toArn(name: string, { partition, region, account }: AwsScope): string {
  return `arn:${partition}:secretsmanager:${region}:${account}:secret:${name}`;
}

export function sameScope(a: AwsScope | undefined, b: AwsScope | undefined): boolean {
  if (a === undefined || b === undefined) return true;
  return a.partition === b.partition && a.region === b.region && a.account === b.account;
}

function parse(secretId: string): SecretId {
  const [, partition = "", region = "", account = "", path] = ARN.exec(secretId) ?? [];
  return path === undefined
    ? { scope: undefined, path: secretId }
    : { scope: { partition, region, account }, path };
}

function isNameIn(name: string, arnPath: string): boolean {
  return SUFFIX.test(arnPath) && arnPath.replace(SUFFIX, "") === name;
}
