import { Socket } from "node:net";

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1|\[::1\])$/;
/** Reserved names, which never resolve: https://datatracker.ietf.org/doc/html/rfc2606#section-2 */
const RESERVED = /\.(invalid|test)$/;

const connect = Socket.prototype.connect;

/** Refuses and reports connections of this process to other machines: no test may send a key or a request there. */
export function allowOnlyLoopback(onRefused: (host: string) => void): void {
  Socket.prototype.connect = function (this: Socket, ...args: unknown[]) {
    const host = hostOf(args);
    if (host === undefined || LOOPBACK.test(host) || RESERVED.test(host))
      return Reflect.apply(connect, this, args);
    onRefused(host);
    throw new Error(`A test tried to connect to ${host}.`);
  };
}

/** The host in any form of arguments of `connect`; `undefined` for a path. */
function hostOf([first, second]: readonly unknown[]): string | undefined {
  const options = Array.isArray(first) ? first[0] : first;
  if (typeof options === "number") return typeof second === "string" ? second : "localhost";
  if (typeof options !== "object" || options === null) return undefined;
  if ("path" in options && typeof options.path === "string") return undefined;
  return "host" in options && typeof options.host === "string" ? options.host : "localhost";
}
