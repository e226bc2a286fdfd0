import { describe, expect, it } from "vitest";
import { responseError } from "../../src/adapters/confluent-fault.ts";
import { shown } from "../support/untrusted.ts";

function forbidden(body: string) {
  return responseError({ status: 403, headers: { "x-request-id": "r-1" }, body });
}

const errors = (detail: string) => JSON.stringify({ errors: [{ status: "403", detail }] });

describe("a 403 from Confluent", () => {
  it("names the roles and keeps Confluent's message and request id", () => {
    const error = forbidden(errors("Forbidden Access for sk-1"));
    expect(error.errorClass).toBe("unauthorized");
    expect(error.response).toMatchObject({ httpStatus: 403 });
    expect(shown(error.response)).toMatchObject({ requestId: "r-1", detail: "Forbidden Access for sk-1" });
    expect(`${error.response.detail}`).toBe("[withheld]");
    expect(error.message).toContain("FlinkAdmin, EnvironmentAdmin or OrganizationAdmin");
  });

  it("caused by an IP filter does not mention roles", () => {
    const error = forbidden(errors("Access denied: source IP address 203.0.113.7 is not in an IP filter"));
    expect(error.message).toBe("Confluent's IP filter does not admit the rotator (403).");
    expect(error.response.nextStep).toMatch(/^Add the rotator's public IP address/);
  });

  it("that is not JSON may come from a proxy and does not mention roles", () => {
    const error = forbidden("<html>Blocked by policy</html>");
    expect(error.message).toContain("a proxy or firewall may have sent it");
    expect(`${error.message} ${error.response.nextStep}`).not.toContain("FlinkAdmin");
    expect(error.response.detail).toBeUndefined();
  });
});

describe("a 401", () => {
  it("that is a page does not blame Confluent alone", () => {
    const page = responseError({ status: 401, headers: {}, body: "<html>Sign in to the network</html>" });
    expect(page).toMatchObject({ errorClass: "unauthorized", response: { httpStatus: 401 } });
    expect(page.message).toContain("by Confluent or by a proxy or firewall");
    const json = responseError({ status: 401, headers: {}, body: errors("Unauthorized") });
    expect(json.message).toBe("Confluent refused the rotator's Confluent API key (401).");
  });
});

describe("a 407", () => {
  it("is from a proxy", () => {
    const error = responseError({ status: 407, headers: {}, body: "" });
    expect(error.message).toBe("A proxy asks for a user name and a password (407).");
    expect(error.response.nextStep).toMatch(/^Check the proxies and firewalls/);
  });
});

describe("a 404 to a LIST", () => {
  it("advises checking the environment, not creating connections", () => {
    const error = responseError({ status: 404, headers: {}, body: errors("No such environment") });
    expect(error.response.nextStep).toMatch(/^Check organizationId, environmentId, cloud and region/);
  });
});

describe("the advice to somebody without a connections.json", () => {
  it.each([
    [errors("No such environment"), "Check organizationId, environmentId, cloud and region."],
    ["<html>", /^Check restEndpoint, cloud and region\. Check the proxies/],
  ])("does not mention the file after a 404 with %j", (body, advice) => {
    const error = responseError({ status: 404, headers: {}, body }, "newcomer");
    expect(error.response.nextStep).toEqual(
      typeof advice === "string" ? advice : expect.stringMatching(advice),
    );
  });
});
