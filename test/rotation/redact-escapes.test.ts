import { describe, expect, it } from "vitest";
import { percentEncoded, redactorOf } from "../support/redaction.ts";

describe("escapes that servers write in other ways", () => {
  const secret = `a&b<c>d"e'f/g&h<i>j"k'l`;
  it.each([
    ["Go's JSON", secret, `a\\u0026b\\u003cc\\u003ed\\"e'f/g\\u0026h\\u003Ci\\u003Ej\\"k'l`],
    ["JSON with escaped slashes", "a/b/c/d/e/f/g", "a\\/b\\/c\\/d\\/e\\/f\\/g"],
    ["HTML", secret, "a&amp;b&lt;c&gt;d&quot;e&apos;f/g&amp;h&lt;i&gt;j&quot;k&apos;l"],
    ["HTML with other entities", "k&abc;<x&abc;<y", "k&abc;&lt;x&abc;&lt;y"],
    ["numbered HTML", secret, "a&#38;b&#60;c&#62;d&#34;e&#0039;f&#47;g&#38;h&#60;i&#62;j&#34;k&#39;l"],
    ["hexadecimal HTML", secret, "a&#x26;b&#X3c;c&#x3E;d&#x0022;e'f/g&#x26;h&#x3C;i&#x3e;j&#x22;k'l"],
    ["a URL that encodes every byte", secret, percentEncoded(secret)],
    ["a URL that encodes every byte of UTF-8", "é-é-é-é-é-é-é", percentEncoded("é-é-é-é-é-é-é")],
    ["a URL twice", secret, encodeURIComponent(encodeURIComponent(secret))],
    ["a URL of JSON", "a<b<c<d<e<f<g", "a%5Cu003cb%5Cu003cc%5Cu003cd%5Cu003ce%5Cu003cf%5Cu003cg"],
    ["a URL of HTML of a URL", secret, encodeURIComponent(percentEncoded(secret).replaceAll("%", "&#37;"))],
    ["JSON of a URL", "a%41b%42c%43d%44", "\\u0061%41\\u0062%42\\u0063%43\\u0064%44"],
  ])("do not let a secret through in %s", (_, key, quoted) => {
    expect(redactorOf(key).redact(`refused ${quoted}, sorry`)).toBe("[redacted]");
  });

  it.each(["\n", "\r", "\t", "\b", "\f"])("do not let a secret with %j through", (control) => {
    const quoted = JSON.stringify(`horse&${control}battery`).replace("&", "\\u0026");
    expect(redactorOf(`horse&${control}battery`).redact(`refused ${quoted}, sorry`)).toBe("[redacted]");
  });

  it("leave a text without a secret as it is", () => {
    const text = "a\\u0026b %26 &amp; &nbsp;\n";
    expect(redactorOf(secret).redact(text)).toBe(text);
  });

  it("are kept if they are unknown", () => {
    expect(redactorOf("horse&nbsp;/battery").redact("horse&nbsp;\\/battery")).toBe("[redacted]");
  });
});
