/** An argument as a POSIX shell takes it. */
export function shellQuote(text: string): string {
  return /^[\w./:@,+=-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** The option of an AWS CLI command, whose own default may be another region; nothing if the region is not known. */
export function regionOption(region: string | undefined): string {
  return region === undefined ? "" : ` --region ${shellQuote(region)}`;
}
