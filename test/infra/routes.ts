import * as z from "zod";
import { matches } from "./event-pattern.ts";
import { ofType, type Synthesis } from "./synthesis.ts";

const rule = z.object({
  EventPattern: z.record(z.string(), z.unknown()),
  Targets: z.array(z.looseObject({ Id: z.string(), Arn: z.string() })),
});
/** The rules with their patterns and targets. */
export const rulesOf = ({ resources }: Synthesis) =>
  ofType(resources, "AWS::Events::Rule").map((each) => rule.parse(each));

/** The ids of the targets that receive the event. */
export function routes(synthesis: Synthesis, event: object): string[] {
  return rulesOf(synthesis)
    .filter(({ EventPattern }) => matches(EventPattern, event))
    .flatMap(({ Targets }) => Targets.map(({ Id }) => Id));
}
