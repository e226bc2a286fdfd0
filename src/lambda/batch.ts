import type { Context } from "aws-lambda";

/**
 * The alias by which a fleet's orchestrator calls the function. A direct call by this alias is part of a larger run: it
 * sends no alert and returns a shorter report.
 */
const BATCH_ALIAS = "batch";

/** The number of failures that keep their messages in the shorter report: as many as an alert describes. */
export const MAX_WHOLE_OUTCOMES = 25;

const QUALIFIER = 7;

/** An event cannot pretend to be part of a larger run: only the ARN of the invocation decides. */
export function isBatchCall({ invokedFunctionArn }: Partial<Pick<Context, "invokedFunctionArn">>): boolean {
  return invokedFunctionArn?.split(":")[QUALIFIER] === BATCH_ALIAS;
}
