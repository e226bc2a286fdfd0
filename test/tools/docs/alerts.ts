import { ALERT_CASES } from "../../support/alert-cases.ts";
import { sentAlert } from "../../support/alerts.ts";

function alertOf(wanted: string) {
  const { name, outcomes, ...options } = ALERT_CASES.find(({ name }) => name === wanted) ?? {
    name: wanted,
    outcomes: [],
  };
  return { name, ...sentAlert(outcomes, options) };
}

function block(language: string, text: string): string {
  return ["```".concat(language), text, "```"].join("\n");
}

/** The generated parts of docs/alerts.md by marker. */
export function alertParts(): ReadonlyMap<string, string> {
  const refused = alertOf("rejected-keep");
  const subjects = SHOWN.map((name) => alertOf(name).subject);
  return new Map([
    ["refused", block("text", `Subject: ${refused.subject}\n\n${refused.text}`)],
    ["subjects", block("text", subjects.join("\n"))],
    ["sms", block("text", refused.sms)],
    ["chat", block("json", JSON.stringify(JSON.parse(refused.chat), null, 2))],
  ]);
}

const SHOWN = [
  "rejected-keep",
  "rejected-rollback",
  "rejected-provider",
  "rejected-still",
  "unauthorized",
  "wrong-environment",
  "secret-field",
  "timeout-failed",
  "unreachable-endpoint",
  "mixture-down",
  "mixture-stopped",
  "remark",
];
