type Env = Readonly<Record<string, string | undefined>>;

const ASCII: Readonly<Record<string, string>> = {
  "✓": "OK",
  "✗": "FAIL",
  "…": "...",
  "│": "|",
  "→": "->",
  "·": "-",
  "–": "-",
};
const MARKS = new RegExp(`[${Object.keys(ASCII).join("")}]`, "g");

/** False if the locale names another encoding. Without any locale, as in many containers, UTF-8 is what terminals expect. */
export function isUtf8Locale({ LC_ALL, LC_CTYPE, LANG }: Env): boolean {
  const locale = LC_ALL || LC_CTYPE || LANG;
  return !locale || /utf-?8/i.test(locale);
}

/** A text whose marks can be shown in any encoding. */
export function toAscii(text: string): string {
  return text.replace(MARKS, (mark) => ASCII[mark] ?? "?");
}
