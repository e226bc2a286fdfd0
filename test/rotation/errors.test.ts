import { describe, expect, it } from "vitest";
import {
  ConfigError,
  ConflictError,
  EventError,
  GuardError,
  OutOfTimeError,
  ReplicaError,
  RotationError,
  RotationFailedError,
  SecretError,
  SupersededError,
  UnauthorizedError,
  UnknownResultError,
} from "../../src/rotation/errors.ts";
import { untrusted } from "../support/untrusted.ts";

const answer = { httpStatus: 409, requestId: untrusted("request-1"), detail: untrusted("d") };

describe("errors of the rotation", () => {
  it.each([
    [() => new RotationError("service", "m", answer), "RotationError", "service", answer],
    [() => new RotationError("timeout", "m"), "RotationError", "timeout", {}],
    [() => new SecretError("m"), "SecretError", "secret", {}],
    [() => new ReplicaError("m"), "ReplicaError", "secret", {}],
    [() => new GuardError("m", answer), "GuardError", "guard", answer],
    [() => new GuardError("m"), "GuardError", "guard", {}],
    [() => new UnauthorizedError("m", answer), "UnauthorizedError", "unauthorized", answer],
    [() => new UnknownResultError("service", "m", answer), "UnknownResultError", "service", answer],
  ] as const)("%s gives an error with its own name, class and answer", (create, name, errorClass, known) => {
    const error = create();
    expect(error).toBeInstanceOf(RotationError);
    expect(error).toMatchObject({ name, errorClass, message: "m" });
    expect(error.response).toEqual(known);
  });

  it("a conflict says what happened", () => {
    const error = new ConflictError(answer);
    expect(error).toMatchObject({ name: "ConflictError", errorClass: "service", response: answer });
    expect(error.message).toBe("Another client changed the connection at the same time.");
  });

  it("say that a newer version of the secret took the place of this one", () => {
    expect(new SupersededError()).toMatchObject({
      name: "SupersededError",
      errorClass: "superseded",
      message: "A newer version of the secret appeared, so this one was not put.",
    });
  });

  it("keep their cause", () => {
    const cause = new Error("reset");
    expect(new RotationError("service", "m", {}, { cause }).cause).toBe(cause);
  });

  it.each([
    [EventError, "EventError"],
    [RotationFailedError, "RotationFailedError"],
  ])("%o makes errors of its name", (Failure, name) => expect(new Failure("m").name).toBe(name));

  it("being out of time says that nothing was written", () => {
    expect(new OutOfTimeError()).toMatchObject({
      name: "OutOfTimeError",
      errorClass: "timeout",
      message: "The run's time was up before it was this connection's turn.",
    });
  });
});

describe("ConfigError", () => {
  it("lists one fault", () => {
    const error = new ConfigError("connections.json", ["a: is wrong"]);
    expect(error.name).toBe("ConfigError");
    expect(error.message).toBe("connections.json has a problem:\n  - a: is wrong");
  });

  it("lists every fault", () => {
    const error = new ConfigError("connections.json", ["a: is wrong", "b: too"]);
    expect(error.message).toBe("connections.json has 2 problems:\n  - a: is wrong\n  - b: too");
    expect(error.issues).toEqual(["a: is wrong", "b: too"]);
  });
});
