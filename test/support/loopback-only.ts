import { afterEach, expect } from "vitest";
import { allowOnlyLoopback } from "./loopback-guard.ts";

const refused: string[] = [];
allowOnlyLoopback((host) => refused.push(host));

afterEach(() => {
  expect(refused.splice(0), "hosts beyond loopback that the test tried to connect to").toEqual([]);
});
