/** What the caller gave cannot be deployed; the message says what to give instead. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
}
