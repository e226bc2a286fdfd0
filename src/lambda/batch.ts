import type { Context } from "aws-lambda";

/**
 * The alias under which the orchestrator of a fleet calls the function. A direct call that comes through it is a part of
 * a larger run: it sends no alert of its own and answers in short. The event says nothing of it.
 */
const BATCH_ALIAS = "batch";

/** How many outcomes that are not well keep their texts in the answer: as many as an alert describes. */
export const MAX_WHOLE_OUTCOMES = 25;

const QUALIFIER = 7;

export function isBatchCall({ invokedFunctionArn }: Partial<Pick<Context, "invokedFunctionArn">>): boolean {
  return invokedFunctionArn?.split(":")[QUALIFIER] === BATCH_ALIAS;
}
