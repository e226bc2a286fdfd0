const ARN = /^(arn:[^:]+:secretsmanager:[^:]+:\d+:secret:)(.+)$/;
const SUFFIX = /^-[A-Za-z0-9]{6}$/;

/**
 * True when two identifiers, each a name, a partial ARN or a full ARN, mean the same secret.
 * Secrets Manager ends a full ARN in `-` and six characters; nothing but exactly that suffix may be left over.
 */
export function sameSecret(a: string, b: string): boolean {
  if (a === b) return true;
  const [first, second] = [parse(a), parse(b)];
  if (first.arn !== "" && second.arn !== "" && first.arn !== second.arn) return false;
  if (first.path === second.path) return true;
  return (
    (second.arn !== "" && hasSuffixOf(second.path, first.path)) ||
    (first.arn !== "" && hasSuffixOf(first.path, second.path))
  );
}

function parse(id: string): { arn: string; path: string } {
  const match = ARN.exec(id);
  return { arn: match?.[1] ?? "", path: match?.[2] ?? id };
}

function hasSuffixOf(longer: string, shorter: string): boolean {
  return longer.startsWith(shorter) && SUFFIX.test(longer.slice(shorter.length));
}
