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
    ["JavaScript", "a<b<c<d<e<f<g", "a\\x3cb\\u{3c}c\\u{003C}d\\x3Ce\\x3cf\\x3cg"],
    ["Python", "a<b<c<d<e<f<g", "a\\U0000003cb\\U0000003cc\\U0000003Cd\\x3ce\\x3cf\\x3cg"],
    ["C", "a<b<c<d<e<f<g", "a\\074b\\074c\\074d\\074e\\074f\\074g"],
    ["JavaScript's escape()", "a<b<c<d<e<f<g", "a%u003cb%u003Cc%u003cd%u003ce%u003cf%u003cg"],
    ["HTML without semicolons", "a<b<c<d<e<f<g", "a&#60b&#60c&#060d&#60e&#60f&#60g"],
    ["hexadecimal HTML without semicolons", "x<y<z<x<y<z<x", "x&#x3cy&#x3Cz&#x03cx&#x3cy&#x3cz&#x3cx"],
    ["HTML with characters that do not exist", "a<b<c<d<e<f<g", "a<b<c&#9999999;<d<e&#x110000;<f<g"],
    ["HTML with rare names", "a/b+c=d_e/f+g=h", "a&sol;b&plus;c&equals;d&lowbar;e&sol;f&plus;g&equals;h"],
    ["an e-mail", "a=b=c=d=e=f=g", "a=3Db=3Dc=3Dd=3De=3Df=3Dg"],
    ["an e-mail in UTF-8", "é-é-é-é-é-é-é", "é-é-é-é-é-é-é".replaceAll("é", "=C3=A9")],
    ["the short lines of an e-mail", "sk-9f3a-77b2", "sk-9f=\n3a-=\r\n77= \t\r\nb2"],
    ["eight bytes in decimal", "q7-Zp4xK", [...Buffer.from("q7-Zp4xK")].join(", ")],
    ["bytes in decimal", secret, `[${[...Buffer.from(secret)].join(" ")}]`],
    ["bytes as a JSON list", secret, JSON.stringify(Buffer.from(secret))],
    ["bytes in C", secret, [...Buffer.from(secret)].map((byte) => `0x${byte.toString(16)}`).join(", ")],
    ["hexadecimal bytes", secret, Buffer.from(secret).toString("hex").replace(/../g, "$&:")],
    ["hexadecimal UTF-16", secret, Buffer.from(secret, "utf16le").toString("hex")],
    ["base64 of UTF-16", secret, Buffer.from(secret, "utf16le").toString("base64")],
    ["base64 twice", secret, btoa(btoa(secret))],
    [
      "characters of full width",
      "abcdefghijkl",
      "\uFF41\uFF42\uFF43\uFF44\uFF45\uFF46\uFF47\uFF48\uFF49\uFF4A\uFF4B\uFF4C",
    ],
    ["JSON of a URL", "a%41b%42c%43d%44", "\\u0061%41\\u0062%42\\u0063%43\\u0064%44"],
  ])("do not let a secret through in %s", (_, key, quoted) => {
    expect(redactorOf(key).redact(`refused ${quoted}, sorry`)).toBe("[redacted]");
  });

  it.each(["\n", "\r", "\t", "\b", "\f"])("do not let a secret with %j through", (control) => {
    const quoted = JSON.stringify(`horse&${control}battery`).replace("&", "\\u0026");
    expect(redactorOf(`horse&${control}battery`).redact(`refused ${quoted}, sorry`)).toBe("[redacted]");
  });

  it("leave a text without a secret as it is", () => {
    const text =
      "a\\u0026b %26 &amp; &nbsp;\n &#9999999; &#x110000; \\u{FFFFFF} \\U00FFFFFF \\ud800 %uD800 =FF";
    expect(redactorOf(secret).redact(text)).toBe(text);
  });

  it("are kept if they are unknown", () => {
    expect(redactorOf("horse&nbsp;/battery").redact("horse&nbsp;\\/battery")).toBe("[redacted]");
  });
});

describe("a secret that a server breaks up", () => {
  const secret = "sk-AbCdEfGh1234567890ZyXwVu";
  const pieces = (length: number, text = secret) => text.match(new RegExp(`.{1,${length}}`, "g")) ?? [];

  it.each([
    ["lines", pieces(10).join("\n")],
    ["the lines of an e-mail", pieces(8).join("=\r\n")],
    ["columns", pieces(8).join(" | ")],
    ["groups", pieces(4).join("-")],
    ["characters", [...secret].join(" ")],
    ["a list", JSON.stringify([...secret])],
    ["pieces with nothing visible between them", pieces(8).join("\u200B")],
    ["strings of source code", pieces(8).join('" + "')],
    ["lines of base64", pieces(8, btoa(secret)).join("\r\n")],
  ])("is removed from %s", (_, broken) => {
    const clean = redactorOf(secret).redact(`refused ${broken}, sorry`);
    expect(clean).toMatch(/^refused .{0,2}\[redacted\].{0,8}, sorry$/s);
  });

  it.each([
    ["HTML", pieces(8).join("<wbr>")],
    ["escaped line breaks", pieces(8).join("\\n")],
    ["the colours of a terminal", pieces(8).join("\u001B[31m")],
  ])("hides the whole text with %s", (_, broken) => {
    expect(redactorOf(secret).redact(`refused ${broken}, sorry`)).toBe("[redacted]");
  });

  it("is removed if it has sixteen letters and digits, the first and the last ones among them", () => {
    const broken = [..."a0z9-k3v8-q1x7-m5w2"].join(" ");
    expect(redactorOf("a0z9-k3v8-q1x7-m5w2").redact(`refused ${broken}, sorry`)).toBe(
      "refused [redacted], sorry",
    );
  });

  it("is not seen in words of a sentence that have some letters in common with it", () => {
    const sentence = "no policy allows the secretsmanager:GetSecretValue action";
    expect(redactorOf("cfl/SecretValue/aB+DeF=0123456789").redact(sentence)).toBe(sentence);
  });

  it("is not seen in words that have only their letters in common with a stored text", () => {
    const redactor = redactorOf(JSON.stringify({ description: "ordersproduction", "api-key": secret }));
    expect(redactor.redact("the orders production is down")).toBe("the orders production is down");
  });
});
