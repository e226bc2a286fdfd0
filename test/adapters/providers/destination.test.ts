import { describe, expect, it } from "vitest";
import { destinationOf } from "../../../src/adapters/providers/destination.ts";
import { connection } from "../../support/builders.ts";

const DOMAINS = ["api.openai.com", "openai.azure.com"];

function destination(endpoint: string, configured?: string): string | undefined {
  const entry = connection(configured === undefined ? {} : { endpoint: configured });
  return destinationOf({ connection: entry, endpoint }, DOMAINS)?.origin;
}

describe("a key may be sent", () => {
  it.each([
    ["https://api.openai.com/v1/chat/completions", "https://api.openai.com"],
    ["https://API.OpenAI.com/v1", "https://api.openai.com"],
    ["https://api.openai.com:443/v1", "https://api.openai.com"],
    ["https://my-resource.openai.azure.com/openai/deployments/x", "https://my-resource.openai.azure.com"],
  ])("to a host of its provider: %s", (endpoint, origin) => {
    expect(destination(endpoint)).toBe(origin);
  });

  it.each([
    ["https://gateway.example.com/v1", "https://gateway.example.com/v1"],
    ["https://gateway.example.com:8443/v1", "https://gateway.example.com:8443/other"],
    ["http://127.0.0.1:8080/v1", "http://127.0.0.1:8080/v1"],
    ["http://localhost:8080/v1", "http://localhost:8080/v1"],
  ])("to the host in connections.json: %s", (endpoint, configured) => {
    expect(destination(endpoint, configured)).toBe(new URL(endpoint).origin);
  });
});

describe("a key may not be sent", () => {
  it.each([
    "https://api.openai.com.evil.com/v1",
    "https://evil.com/api.openai.com",
    "https://evilapi.openai.com.co/v1",
    "https://notapi.openai.com/v1",
    "https://xapi.openai.com/v1",
    "https://openai.azure.com.evil.com/v1",
    "https://evil-openai.azure.com/v1",
    "https://api.openai.com@evil.com/v1",
    "https://api.openai.com:secret@evil.com/v1",
    "https://user:password@api.openai.com/v1",
    "https://user@api.openai.com/v1",
    "https://api.openai.com:8443/v1",
    "https://api.openai.com./v1",
    "https://api.οpenai.com/v1",
    "https://api。openai。com.evil.com/v1",
    "https://xn--api-openai.com/v1",
    "http://api.openai.com/v1",
    "ftp://api.openai.com/v1",
    "wss://api.openai.com/v1",
    "api.openai.com/v1",
    "//api.openai.com/v1",
    "https://",
    "",
    "none",
    "https://127.0.0.1/v1",
    "http://127.0.0.1:8080/v1",
    "http://169.254.169.254/latest/meta-data",
  ])("to %s", (endpoint) => {
    expect(destination(endpoint)).toBeUndefined();
  });

  it.each([
    ["http://gateway.example.com/v1", "http://gateway.example.com/v1"],
    ["https://gateway.example.com/v1", "http://gateway.example.com/v1"],
    ["https://gateway.example.com:8443/v1", "https://gateway.example.com/v1"],
    ["https://gateway.example.com.evil.com/v1", "https://gateway.example.com/v1"],
    ["https://user@gateway.example.com/v1", "https://user@gateway.example.com/v1"],
    ["http://127.0.0.1.evil.com/v1", "http://127.0.0.1.evil.com/v1"],
  ])("to %s if connections.json has %s", (endpoint, configured) => {
    expect(destination(endpoint, configured)).toBeUndefined();
  });
});
