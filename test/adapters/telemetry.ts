import { Telemetry } from "../../src/adapters/telemetry.ts";
import type { Connection } from "../../src/rotation/connection.ts";
import type { Outcome } from "../../src/rotation/outcome.ts";
import { NO_EVIDENCE } from "../../src/rotation/outcome.ts";
import { Redactor } from "../../src/rotation/redact.ts";
import { createReport } from "../../src/rotation/report/report.ts";
import { Secret } from "../../src/rotation/secret.ts";

export const NOW = Date.parse("2026-03-21T10:00:00Z");
export const VALUE = "sk-secret-value-0123456789";

export function telemetry(): Telemetry {
  const redactor = new Redactor();
  redactor.add(new Secret(VALUE));
  return new Telemetry(
    (text, limit) => redactor.redact(text, limit),
    () => NOW,
  );
}

export function outcome(changes: Partial<Outcome> = {}): Outcome {
  const base = { name: "a", environment: "prod", type: "OPENAI", secret: "openai", durationMs: 1_200 };
  return { ...base, outcome: "ready", evidence: NO_EVIDENCE, ...changes };
}

export function connection({ name, environment }: Outcome): Connection {
  const credentials = { kind: "options", values: {} } as const;
  return { name, environment, type: "OPENAI", secret: "openai", credentials, canary: false, provider: true };
}

export function reportOf(...connections: readonly Outcome[]) {
  const facts = { trigger: { kind: "schedule" }, startedAt: NOW, endedAt: NOW + 5_000, requests: 7 } as const;
  return createReport(connections, facts);
}
