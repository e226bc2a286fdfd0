import { describe, expect, it } from "vitest";
import { Redactor } from "../../src/rotation/redact.ts";
import { Secret } from "../../src/rotation/secret.ts";
import { DATABASE_SECRET, redactorOf } from "../support/redaction.ts";

describe("a credential of fewer than eight characters", () => {
  it.each([
    ["admin", "user admin is locked", "user [redacted] is locked"],
    ["admin", "admin@db: (admin), 'admin'.", "[redacted]@db: ([redacted]), '[redacted]'."],
    ["admin", "the administrator of admin-console.example.com, preadmin", undefined],
    ["admin", "Admin access", undefined],
    ["pa$$w0", "refused pa$$w0!", "refused [redacted]!"],
    ["pa$$w0", "refused pa%24%24w0!", "refused [redacted]!"],
    ['a"b\\c', 'refused "a\\"b\\\\c"', 'refused "[redacted]"'],
    ["admin", "refused YWRtaW4= and 61646d696e", "refused [redacted]= and [redacted]"],
    ["admin", "refused 61646D696E", "refused [redacted]"],
    [" admin\n", "user admin is locked", "user [redacted] is locked"],
    ["root", "root is refused", "[redacted] is refused"],
    ["admin", "xadmin", undefined],
    ["~~~?", "refused fn5+Pw== and fn5-Pw", "refused [redacted]== and [redacted]"],
    ["a*b!", "refused a%2Ab%21", "refused [redacted]"],
    ["https://abcdefgh", "refused by abcdefgh", "refused by [redacted]"],
  ])("(%s) is removed from %j as a whole word", (secret, text, clean = text) => {
    expect(redactorOf(secret).redact(text)).toBe(clean);
  });

  it.each(["e", "sa", "the"])("is kept if it has fewer than four: %s", (secret) => {
    const text = "e: the user sa of the key may not do this, e.g. e";
    expect(redactorOf(secret).redact(text)).toBe(text);
  });
});

describe("a value beside a credential in the JSON of a secret", () => {
  const RDS = {
    ...DATABASE_SECRET,
    region: "eu-west-1",
    owner: "orders-team@example.com",
    arn: "arn:aws:rds:eu-west-1:123456789012:cluster:orders",
    docs: "https://wiki.example.com/orders",
    note: "kept-Beside-1",
  };

  it("stays readable if it is a word or a name", () => {
    const redactor = redactorOf(JSON.stringify(RDS));
    const text = `postgres at ${RDS.host}:5432/orders in eu-west-1 refused admin; see https://wiki.example.com/orders, ask orders-team@example.com about arn:aws:rds:eu-west-1:123456789012:cluster:orders`;
    expect(redactor.redact(text)).toBe(text);
  });

  it("is removed from eight characters on if it may be a secret", () => {
    const redactor = redactorOf(JSON.stringify(RDS));
    expect(redactor.redact("refused N3ver-Shown/2024 and kept-Beside-1")).toBe(
      "refused [redacted] and [redacted]",
    );
  });

  it("is not recognised by its first characters at the end of a text, as a credential is", () => {
    expect(redactorOf(JSON.stringify(RDS)).redact("ends with kept-B")).toBe("ends with kept-B");
    expect(redactorOf("kept-Beside-1").redact("ends with kept-B")).toBe("ends with [redacted]");
  });

  it("stays a credential if the same text was added as another value, before or after", () => {
    const [credential, document] = [new Secret("admin"), new Secret('{"username":"admin"}')];
    for (const secrets of [
      [credential, document],
      [document, credential],
    ]) {
      const redactor = new Redactor();
      for (const each of secrets) redactor.add(each);
      expect(redactor.redact("user admin is locked")).toBe("user [redacted] is locked");
    }
  });

  it("is removed as a credential once it is sent as one", () => {
    const redactor = redactorOf(JSON.stringify(RDS));
    redactor.add(new Secret("admin"));
    redactor.add(new Secret("postgres"));
    expect(redactor.redact("postgres refused admin")).toBe("[redacted] refused [redacted]");
  });
});

describe("a name", () => {
  const document = JSON.stringify({ dbname: "orders-database-7", password: "N3ver-Shown/2024" });

  it("is kept even if it stands beside a credential", () => {
    expect(redactorOf(document).redactName("orders-database-7")).toBe("orders-database-7");
    expect(redactorOf(document).redact("orders-database-7")).toBe("[redacted]");
  });

  it.each([
    ["abcdef-12345", "the [redacted] host"],
    ["abcdef-1234", "the abcdef-12345 host"],
  ])("is kept, except for credentials of at least twelve characters: %s", (credential, name) => {
    expect(redactorOf(credential).redactName("the abcdef-12345 host")).toBe(name);
  });

  it("loses a credential, even one that looks like an address", () => {
    expect(redactorOf("orders@example.com").redactName("orders@example.com")).toBe("[redacted]");
  });

  it("is cut to five hundred characters", () => {
    expect(new Redactor().redactName("a".repeat(501))).toBe(`${"a".repeat(499)}…`);
  });
});

describe("each of many secrets", () => {
  it("is removed", () => {
    const keys = Array.from({ length: 40 }, (_, index) => `sk-${index}-${"abcdefgh".repeat(3)}-${index}`);
    const redactor = redactorOf(...keys);
    for (const key of keys) expect(redactor.redact(`refused ${key}.`)).toBe("refused [redacted].");
  });
});
