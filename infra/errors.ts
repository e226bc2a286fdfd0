/** The settings cannot be deployed. The message says how to correct them. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
}
