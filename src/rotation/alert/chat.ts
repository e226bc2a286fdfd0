import { qualifiedName } from "../connection.ts";
import { errorClasses, isUnhealthy } from "../report/report.ts";
import { environmentsOf } from "../report/summary.ts";
import type { AlertContext } from "./alert.ts";
import { inOneLine, restoreCommand } from "./commands.ts";
import { headLines } from "./head-lines.ts";
import { heldBy, type Severity, type Situation, secretName, severityOf } from "./situation.ts";
import { resumeCommands } from "./statement-alert.ts";

const MAX_RESOURCES = 20;

interface ChatContent {
  readonly title: string;
  readonly description: string;
  readonly nextSteps: readonly string[];
  readonly keywords: readonly string[];
  /** The same for repeats, which a channel then shows in one thread. */
  readonly threadId: string;
  readonly severity: Severity;
  readonly resources?: readonly string[];
  readonly context: AlertContext;
}

/** The JSON of a custom notification of Amazon Q Developer in chat applications. */
export function chatJson(content: ChatContent): string {
  const { title, description, nextSteps, keywords, threadId, severity, resources = [], context } = content;
  const { account, region, version, logUrl } = context;
  return JSON.stringify({
    version: "1.0",
    source: "custom",
    content: { textType: "client-markdown", title, description, nextSteps, keywords },
    metadata: {
      threadId,
      summary: title,
      eventType: `flink-connection-rotator-${severity}`,
      relatedResources: resources,
      additionalContext: {
        ...(account && { account }),
        ...(region && { region }),
        ...(logUrl && { log: logUrl }),
        version,
      },
    },
  });
}

export function chatOf(situation: Situation, subject: string, context: AlertContext): string {
  const { report, concerned, main, worst } = situation;
  const environments = environmentsOf(report);
  return chatJson({
    title: subject,
    description: headLines(situation).join("\n"),
    nextSteps: nextSteps(situation, context),
    keywords: [...environments, ...errorClasses(concerned)],
    threadId: [...environments, main === undefined ? "statements" : secretName(main.outcomes[0].secret)].join(
      "-",
    ),
    severity: severityOf(situation),
    resources: worst === "current" ? [] : concerned.slice(0, MAX_RESOURCES).map(qualifiedName),
    context,
  });
}

function nextSteps(situation: Situation, context: AlertContext): string[] {
  const { causes, worst, concerned, interrupted } = situation;
  const resume = resumeCommands(interrupted).map((command) => `Resume it: \`${command}\``);
  if (worst === "current") return resume;
  const down = heldBy(situation, "down");
  const sameSecret = down.filter(({ secret }) => secret === down[0]?.secret);
  const restore = restoreCommand(sameSecret, context.region);
  const advice = [...new Set(causes.flatMap(({ nextStep }) => nextStep ?? []))].slice(0, 3);
  const [rerun] = context.rerun(concerned.filter(isUnhealthy).map(qualifiedName));
  const runbooks = errorClasses(concerned).map((each) => `Runbook: ${context.runbook}#${each}`);
  return [
    ...resume,
    ...(restore === undefined ? [] : [`If the previous key still works: \`${inOneLine(restore)}\``]),
    ...advice,
    ...(rerun === undefined ? [] : [`Then run it again: \`${inOneLine(rerun)}\``]),
    ...runbooks.slice(0, 3),
  ];
}
