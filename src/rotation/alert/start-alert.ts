import type { ErrorClass } from "../errors.ts";
import type { Alert, AlertContext } from "./alert.ts";
import { chatJson } from "./chat.ts";
import { firstThatFits, MAX_SUBJECT_LENGTH } from "./subject.ts";
import { placeLines } from "./text.ts";
import { wrap } from "./wrap.ts";

const HEAD = [
  "NOTHING WAS CHANGED.",
  "The run could not start, so every",
  "connection keeps the key it has.",
  "Do not revoke the previous key.",
];

/** The alert for a run that could not start. */
export function createStartAlert(error: Error, context: AlertContext): Alert {
  const isConfig = error.name === "ConfigError" || error.name === "EventError";
  const errorClass: ErrorClass = isConfig ? "config" : "internal";
  const reason =
    error.name === "ConfigError" ? "connections.json or a setting is wrong" : "the run could not start";
  const title = `[NOT STARTED] Flink connection rotator: ${reason} (${errorClass})`;
  const subject = firstThatFits([title], MAX_SUBJECT_LENGTH);
  const next = isConfig
    ? "Correct it, see that `npx . check` finds nothing, and deploy again. Keys changed since then are not in use until a run succeeds."
    : "Report this as a bug, with the stack from the function's log (code BUG). Keys changed since then are not in use until a run succeeds.";
  const runbook = `${context.runbook}#${errorClass}`;
  const severity = "warning";
  const text = [
    HEAD.join("\n"),
    `WHY: ${errorClass}\n${error.message}`,
    wrap(`Next: ${next}`).join("\n"),
    [`Runbook: ${runbook}`, ...placeLines(context)].join("\n"),
  ].join("\n\n");
  return {
    subject,
    text,
    sms: `${subject}. Do not revoke the previous key.`,
    chat: chatJson({
      title: subject,
      description: [...HEAD, "", error.message.slice(0, 1_500)].join("\n"),
      nextSteps: [next, `Runbook: ${runbook}`],
      keywords: [errorClass],
      threadId: `not-started-${errorClass}`,
      severity,
      context,
    }),
    attributes: { severity: [severity], errorClass: [errorClass] },
  };
}
