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

/** False if the locale has another encoding. Without a locale, as in many containers, terminals expect UTF-8. */
export function isUtf8Locale({ LC_ALL, LC_CTYPE, LANG }: Env): boolean {
  const locale = LC_ALL || LC_CTYPE || LANG;
  return !locale || /utf-?8/i.test(locale);
}

/** Replaces marks by ASCII, which every encoding can show. */
export function toAscii(text: string): string {
  return text.replace(MARKS, (mark) => ASCII[mark] ?? "?");
}
