import { describe, expect, it } from "vitest";
import { SecretError } from "../../src/rotation/errors.ts";
import { Secret } from "../../src/rotation/secret.ts";
import { UntrustedText } from "../../src/rotation/untrusted-text.ts";
import { connection, NOW, secretVersion } from "../support/builders.ts";
import { CONNECTION, CURRENT, PREVIOUS, resolverOf, withPrevious } from "../support/text-resolver.ts";
import { untrusted } from "../support/untrusted.ts";

describe("texts about a connection", () => {
  it("are shown without the current and the previous key of its secret", async () => {
    const { texts } = withPrevious();
    const found = {
      message: UntrustedText.sentence`It is ${UntrustedText.name("sk-previous-0123456789")}.`,
      detail: untrusted("refused sk-current-0123456789 and sk-previous-0123456789"),
      requestId: untrusted("for sk-previous-0123456789"),
    };
    expect(await texts.resolve(found, CONNECTION, CURRENT)).toEqual({
      message: "It is [redacted].",
      detail: "refused [redacted] and [redacted]",
      requestId: "for [redacted]",
    });
  });

  it("wait for AWSPREVIOUS for ten seconds after the current version was created", async () => {
    const fresh = { ...CURRENT, createdAt: NOW };
    const found = { detail: untrusted("refused sk-previous-0123456789") };
    let reads = 0;
    const late = resolverOf(async () => (++reads > 3 ? PREVIOUS : undefined));
    expect(await late.texts.resolve(found, CONNECTION, fresh)).toEqual({ detail: "refused [redacted]" });
    const first = resolverOf(async () => undefined);
    await first.texts.resolve(found, CONNECTION, fresh);
    expect(first.clock.now() - NOW).toBe(10_000);
  });

  it("wait for AWSPREVIOUS until the deadline, and are withheld then", async () => {
    const fresh = { ...CURRENT, createdAt: NOW };
    const late = resolverOf(async () => undefined, { runMs: 2_500 });
    const found = { detail: untrusted("refused") };
    expect(await late.texts.resolve(found, CONNECTION, fresh)).toEqual({ detail: "[withheld]" });
    expect(late.clock.now() - NOW).toBe(2_500);
  });

  it("do not wait for AWSPREVIOUS after the end of the run", async () => {
    const fresh = { ...CURRENT, createdAt: NOW };
    const closed = new AbortController();
    const { texts, reads, clock } = resolverOf(async () => undefined, { closed: closed.signal });
    const resolved = texts.resolve({ detail: untrusted("refused") }, CONNECTION, fresh);
    await clock.sleep(1_500);
    closed.abort();
    expect(await resolved).toEqual({ detail: "[withheld]" });
    expect(reads).toHaveLength(2);
  });

  it("need one reading of AWSPREVIOUS for all connections of a secret", async () => {
    const { texts, reads } = withPrevious();
    await Promise.all(
      ["a", "b", "c"].map((name) =>
        texts.resolve({ detail: untrusted("d") }, connection({ name, secret: "openai" })),
      ),
    );
    texts.prepare("openai");
    expect(reads).toEqual([["openai", { stage: "AWSPREVIOUS" }]]);
    await texts.resolve({ detail: untrusted("d") }, connection({ secret: "other" }));
    expect(reads).toHaveLength(2);
  });

  it("need no AWSPREVIOUS if they are the rotator's own, or an id that quotes nothing", async () => {
    const { texts, reads } = withPrevious();
    const id = UntrustedText.id("request-1");
    const found = { message: "Refused.", ...(id && { requestId: id }) };
    expect(texts.resolveKnown(found)).toEqual({ message: "Refused.", requestId: "request-1" });
    expect(await texts.resolve(found, CONNECTION)).toEqual({ message: "Refused.", requestId: "request-1" });
    expect(texts.resolveKnown({ ...found, detail: untrusted("d") })).toBeUndefined();
    expect(reads).toEqual([]);
  });

  it("are shown if there is no AWSPREVIOUS", async () => {
    const { texts } = resolverOf(async () => undefined);
    expect(await texts.resolve({ detail: untrusted("refused") }, CONNECTION)).toEqual({ detail: "refused" });
  });

  it("are withheld if AWSPREVIOUS cannot be read, except for the rotator's own words", async () => {
    const { texts, bugs } = resolverOf(async () => {
      throw new SecretError("Denied.");
    });
    texts.prepare("openai");
    const found = {
      message: UntrustedText.sentence`It said ${untrusted("x")}.`,
      detail: untrusted("refused"),
    };
    expect(await texts.resolve(found, CONNECTION)).toEqual({
      message: "It said [withheld].",
      detail: "[withheld]",
    });
    expect(bugs).toEqual([]);
  });

  it("are withheld if the credentials of AWSPREVIOUS end in an unexpected error, which is logged", async () => {
    const error = new TypeError("odd");
    class OddSecret extends Secret {
      override fields(): never {
        throw error;
      }
    }
    const { texts, bugs } = resolverOf(async () => ({ ...PREVIOUS, value: new OddSecret("sk-previous") }));
    expect(await texts.resolve({ detail: untrusted("refused") }, CONNECTION, CURRENT)).toEqual({
      detail: "[withheld]",
    });
    expect(bugs).toEqual([error]);
  });

  it("are withheld if the reading ends with an unexpected error, which is logged", async () => {
    const error = new TypeError("odd");
    const { texts, bugs } = resolverOf(async () => {
      throw error;
    });
    expect(await texts.resolve({ detail: untrusted("refused") }, CONNECTION)).toEqual({
      detail: "[withheld]",
    });
    expect(bugs).toEqual([error]);
  });

  it("are shown without short credentials, which the connection sends, and with other short words", async () => {
    const value = (password: string) =>
      new Secret(JSON.stringify({ username: "admin", password, dbname: "orders", "token-endpoint": "x" }));
    const { texts } = resolverOf(async () => ({ ...PREVIOUS, value: value("hunter1") }));
    const rest = connection({ type: "MONGODB", secret: "openai" });
    const detail = untrusted("admin of orders: hunter1 and hunter2 are refused");
    const current = secretVersion({ value: value("hunter2") });
    expect(await texts.resolve({ detail }, rest, current)).toEqual({
      detail: "[redacted] of orders: [redacted] and [redacted] are refused",
    });
  });

  it("are shown without the header that consists of a user name and a short password", async () => {
    const { texts } = resolverOf(async () => undefined);
    const mongo = connection({ type: "MONGODB", secret: "openai" });
    const version = secretVersion({ value: new Secret('{"username":"svc","password":"hunter2"}') });
    const detail = untrusted(`sent authorization: Basic ${btoa("svc:hunter2")}`);
    expect(await texts.resolve({ detail }, mongo, version)).toEqual({
      detail: "sent authorization: Basic [redacted]",
    });
  });

  it("are shown without the secret too if the connection cannot use it", async () => {
    const { texts } = resolverOf(async () =>
      secretVersion({ value: new Secret('{"other":"sk-previous-0123456789"}') }),
    );
    expect(await texts.resolve({ detail: untrusted("no sk-previous-0123456789") }, CONNECTION)).toEqual({
      detail: "no [redacted]",
    });
  });

  it("are shown with addresses and scopes that stand beside the credentials", async () => {
    const value = new Secret(
      JSON.stringify({
        "token-endpoint": "https://login.example.com/oauth2/token",
        "client-id": "client-0123456789",
        "client-secret": "secret-0123456789",
        scope: "openid",
      }),
    );
    const { texts } = resolverOf(async () => undefined);
    const rest = connection({ type: "REST", secret: "openai" });
    const detail = untrusted("openid: login.example.com refused client-0123456789");
    expect(await texts.resolve({ detail }, rest, secretVersion({ value }))).toEqual({
      detail: "openid: login.example.com refused [redacted]",
    });
  });
});
