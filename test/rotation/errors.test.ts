import { describe, expect, it } from "vitest";
import {
  ConfigError,
  ConflictError,
  EventError,
  GuardError,
  RotationError,
  RotationFailedError,
  SecretError,
  UnauthorizedError,
  UnknownFateError,
} from "../../src/rotation/errors.ts";

const answer = { httpStatus: 409, requestId: "request-1", detail: "d" };

describe("errors of the rotation", () => {
  it.each([
    [new RotationError("service", "m", answer), "RotationError", "service", answer],
    [new RotationError("timeout", "m"), "RotationError", "timeout", {}],
    [new SecretError("m"), "SecretError", "secret", {}],
    [new GuardError("m", answer), "GuardError", "guard", answer],
    [new GuardError("m"), "GuardError", "guard", {}],
    [new UnauthorizedError("m", answer), "UnauthorizedError", "unauthorized", answer],
    [new UnknownFateError("service", "m", answer), "UnknownFateError", "service", answer],
  ] as const)("%s has its own name, class and answer", (error, name, errorClass, known) => {
    expect(error).toBeInstanceOf(RotationError);
    expect(error).toMatchObject({ name, errorClass, message: "m" });
    expect(error.answer).toEqual(known);
  });

  it("a conflict says what happened", () => {
    const error = new ConflictError(answer);
    expect(error).toMatchObject({ name: "ConflictError", errorClass: "service", answer });
    expect(error.message).toBe("Somebody else changed the connection at the same time.");
  });

  it("keep their cause", () => {
    const cause = new Error("reset");
    expect(new RotationError("service", "m", {}, { cause }).cause).toBe(cause);
  });

  it.each([
    [new EventError("m"), "EventError"],
    [new RotationFailedError("m"), "RotationFailedError"],
  ])("%s has its own name", (error, name) => expect(error.name).toBe(name));
});

describe("ConfigError", () => {
  it("lists one fault", () => {
    const error = new ConfigError("connections.json", ["a: is wrong"]);
    expect(error.name).toBe("ConfigError");
    expect(error.message).toBe("connections.json has a fault:\n  - a: is wrong");
  });

  it("lists every fault", () => {
    const error = new ConfigError("connections.json", ["a: is wrong", "b: too"]);
    expect(error.message).toBe("connections.json has 2 faults:\n  - a: is wrong\n  - b: too");
    expect(error.faults).toEqual(["a: is wrong", "b: too"]);
  });
});
