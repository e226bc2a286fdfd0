import { describe, expect, it, onTestFinished } from "vitest";
import { startProviders } from "../../../src/sandbox/providers/server.ts";
import { PROBED, type Probing, startProbing } from "../../support/probing.ts";
import { GOOD_KEY } from "../../support/verdicts.ts";

const SHORT = { watchMs: 1_000 };

function addStatement({ confluent }: Probing, name: string, connection: string): void {
  confluent.addStatement({ name, sql: `INSERT INTO t SELECT ${connection}` });
}

/** The provider of the connection, which accepts these keys. */
async function startAsked(accepted: readonly string[], provider = true) {
  const providers = await startProviders({ accepts: (key) => accepted.includes(key) });
  onTestFinished(() => providers.close());
  const endpoint = `${providers.url}/v1/chat/completions`;
  const probing = await startProbing(
    {},
    { live: { endpoint }, connections: [{ name: PROBED, secret: "openai", endpoint, provider }] },
  );
  return { providers, probing };
}

describe("probe also reports", () => {
  it("how many statements exist and how many name the connection", async () => {
    const probing = await startProbing({ accepts: () => true });
    addStatement(probing, "uses-it", PROBED);
    addStatement(probing, "uses-nothing", "x");
    const { statementList: statements } = await probing.probe(SHORT);
    expect(statements).toEqual({ listed: true, count: 2, withConnections: 1, withThisConnection: 1 });
  });

  it("that the service does not show the connections of a statement", async () => {
    const probing = await startProbing({});
    probing.confluent.configureStatements({ showsConnections: false });
    addStatement(probing, "uses-it", PROBED);
    const { statementList: statements } = await probing.probe(SHORT);
    expect(statements).toEqual({ listed: true, count: 1, withConnections: 0, withThisConnection: 0 });
  });

  it("why statements cannot be listed, without a failure", async () => {
    const probing = await startProbing({});
    probing.confluent.configureStatements({ forbidden: true });
    const { statementList: statements, outcome } = await probing.probe(SHORT);
    expect(statements).toMatchObject({
      listed: false,
      httpStatus: 403,
      message: expect.stringMatching(/403/),
    });
    expect(outcome).toBe("succeeded");
  });

  it.each([
    ["accepts it", [GOOD_KEY], { verdict: "valid" }],
    ["refuses it", [], { verdict: "refused", reason: "HTTP 401, invalid_api_key" }],
  ])("what the provider says about the current key: it %s", async (_what, accepted, expected) => {
    const { probing } = await startAsked(accepted);
    const { providerAnswer: provider } = await probing.probe({ ...SHORT, isBadKey: true });
    expect(provider).toEqual(expected);
  });

  it("that the provider refuses the current key, which is then not sent", async () => {
    const { probing } = await startAsked([]);
    const { outcome, puts } = await probing.probe({ ...SHORT, isBadKey: true });
    expect({ outcome, puts }).toMatchObject({
      outcome: "failed",
      puts: [{ key: "current", exchanges: [], message: expect.stringContaining("Nothing was put") }],
    });
  });

  it("that the provider was not asked if the connection turns the check off", async () => {
    const { probing, providers } = await startAsked([GOOD_KEY], false);
    expect((await probing.probe(SHORT)).providerAnswer).toEqual({ verdict: "not-asked" });
    expect(providers.calls).toEqual([]);
  });
});
