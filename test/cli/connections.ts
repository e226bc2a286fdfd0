const A = { name: "a", secret: "openai" };
const B = { name: "b", secret: "openai" };

/** Two connections with one secret. */
export const ONE_SECRET = [A, B];

/** Two connections with a secret each. */
export const TWO_SECRETS = [A, { name: "b", secret: "anthropic", type: "ANTHROPIC" }];

/** Two connections with one secret, and one with another. */
export const THREE = [A, B, { name: "c", secret: "anthropic", type: "ANTHROPIC" }];
