import { describe, expect, it } from "vitest";
import { unwrapped } from "../support/alerts.ts";
import { HOUR_MS } from "../support/builders.ts";
import { deploy } from "../support/deployment.ts";
import { DATABASE_SECRET } from "../support/redaction.ts";
import { startWorld } from "../support/world.ts";

const SCHEDULE = { trigger: "schedule" };

describe("a secret with ordinary words", () => {
  const TYPE = { type: "CONFLUENT_JDBC", secret: "openai" };

  it("row 36: leaves an alert about a database's secret readable", async () => {
    const detail =
      "orders-admin: postgres at orders.cluster-c1a2b3.eu-west-1.rds.amazonaws.com:5432/orders refused admin/N3ver-Shown/2024";
    const world = await startWorld({
      connections: [
        { name: "orders-admin", ...TYPE },
        { name: "postgres", ...TYPE },
      ],
      missing: ["postgres"],
      confluent: { accepts: [], detail },
    });
    world.aws.putSecret("openai", JSON.stringify(DATABASE_SECRET), {
      createdAt: world.clock.now() - HOUR_MS,
    });
    await world.invoke(SCHEDULE).catch(() => undefined);
    const [alert] = world.aws.published();
    const text = unwrapped(JSON.parse(alert?.message ?? "{}").default);
    expect(text).toContain("There is no connection postgres in environment prod.");
    expect(text).toContain("Confluent refused the key.");
    expect(text).toContain(
      "orders-admin: postgres at orders.cluster-c1a2b3.eu-west-1.rds.amazonaws.com:5432/orders refused [redacted]/[redacted]",
    );
    expect(text.match(/\[redacted\]/g)).toHaveLength(2);
  });

  it("row 36: leaves an alert unchanged if the values are single letters", async () => {
    const detail = "The endpoint refused user e: a password p is needed, and more (e.g. a token).";
    const run = async (value: unknown) => {
      const world = await startWorld({
        connections: [{ name: "e", ...TYPE }],
        confluent: { accepts: [], detail },
      });
      world.aws.putSecret("openai", JSON.stringify(value), { createdAt: world.clock.now() - HOUR_MS });
      await world.invoke(SCHEDULE).catch(() => undefined);
      const [alert] = world.aws.published();
      return `${alert?.subject}\n${unwrapped(JSON.parse(alert?.message ?? "{}").default)}`;
    };
    const text = await run({ username: "e", password: "p", a: "a", t: "t" });
    expect(text).toContain(detail);
    expect(text).toContain("Confluent refused the key.");
    expect(text).not.toContain("[redacted]");
  });

  it("row 36: leaves the built function's texts readable", async () => {
    const { aws, invoke } = await deploy({
      key: JSON.stringify({ ...DATABASE_SECRET, dbname: "Confluent", engine: "connection" }),
      type: "CONFLUENT_JDBC",
      accepts: [],
      detail: "The connection to Confluent failed for user admin.",
    });
    await invoke(SCHEDULE);
    const text = unwrapped(JSON.parse(aws.published()[0]?.message ?? "{}").default);
    expect(text).toContain("Confluent refused the key.");
    expect(text).toContain("The connection to Confluent failed for user [redacted].");
    expect(text.match(/\[redacted\]/g)).toHaveLength(1);
  });
});
