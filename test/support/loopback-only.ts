import { Socket } from "node:net";
import { afterEach, expect } from "vitest";

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1|\[::1\])$/;
/** Reserved names, which never resolve: https://datatracker.ietf.org/doc/html/rfc2606#section-2 */
const RESERVED = /\.(invalid|test)$/;

const beyond: string[] = [];
const connect = Socket.prototype.connect;

/** Nothing that a test does may reach beyond this machine: neither a key nor a request. */
Socket.prototype.connect = function (this: Socket, ...args: unknown[]) {
  const host = hostOf(args);
  if (host === undefined || LOOPBACK.test(host) || RESERVED.test(host))
    return Reflect.apply(connect, this, args);
  beyond.push(host);
  throw new Error(`A test tried to connect to ${host}.`);
};

afterEach(() => {
  expect(beyond.splice(0), "hosts beyond loopback that the test tried to connect to").toEqual([]);
});

/** The host in the arguments of `connect`, in any of their forms; `undefined` for a path. */
function hostOf([first, second]: readonly unknown[]): string | undefined {
  const options = Array.isArray(first) ? first[0] : first;
  if (typeof options === "number") return typeof second === "string" ? second : "localhost";
  if (typeof options !== "object" || options === null) return undefined;
  if ("path" in options && typeof options.path === "string") return undefined;
  return "host" in options && typeof options.host === "string" ? options.host : "localhost";
}
