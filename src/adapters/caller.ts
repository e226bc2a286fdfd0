/**
 * For whom advice is written: the deployed function with its role, or a person with their own credentials. A `newcomer` is a
 * person whose environment is not in a connections.json yet.
 */
export type Caller = "function" | "person" | "newcomer";

/** " in connections.json" after the name of an entry. */
export function inConnectionsFile(caller: Caller): string {
  return caller === "newcomer" ? "" : " in connections.json";
}

/** "rotate again" at the end of an advice. */
export function tryAgain(caller: Caller): string {
  return caller === "newcomer" ? "try again" : "rotate again";
}
