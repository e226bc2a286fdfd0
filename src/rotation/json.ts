/** The parsed value, or `undefined` for a text that is not JSON. V8's own error would quote the text. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
