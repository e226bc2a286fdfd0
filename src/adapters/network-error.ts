import { type ErrorClass, RotationError, UnknownResultError } from "../rotation/errors.ts";
import { type Text, UntrustedText } from "../rotation/untrusted-text.ts";
import {
  codeOf,
  describeNetworkFault,
  networkAdvice,
  proxyStatusOf,
  toNetworkFault,
} from "./network-fault.ts";

const TOO_LARGE = ["UND_ERR_RES_EXCEEDED_MAX_SIZE", "ERR_BUFFER_TOO_LARGE"];
const COMPRESSION = /^Z_/;
/** Codes of a late response, but not of a TCP connection that cannot be opened in time. */
const LATE = /^(TimeoutError|UND_ERR_(HEADERS|BODY)_TIMEOUT)$/;
const CERTIFICATE = /CERT|SELF_SIGNED|VERIFY/;
/** TLS errors, and a dispatcher destroyed at the end of the run. */
const PERMANENT = /TLS|SSL|DESTROYED|CLOSED/;

/** There is no complete response. The request may have been carried out. */
export class NetworkError extends RotationError {
  override readonly name = "NetworkError";
  /** False for errors that last longer than a few minutes, such as an invalid certificate. */
  readonly isTransient: boolean;

  constructor(errorClass: ErrorClass, message: Text, isTransient: boolean, nextStep?: string) {
    super(errorClass, message, nextStep === undefined ? {} : { nextStep });
    this.isTransient = isTransient;
  }
}

/** For a request that changes something: without a complete response, `sentence` says what is not known. */
export function orUnknownResult(sentence: string): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof NetworkError)) throw error;
    const message = UntrustedText.sentence`${error.text} ${sentence}`;
    throw new UnknownResultError(error.errorClass, message, error.response);
  };
}

/** Describes an error of Node or undici only by its codes, which never quote a request. */
export function toNetworkError(error: unknown, host: string, proxyHost?: string): NetworkError {
  const codes = [error, error instanceof Error ? error.cause : undefined].flatMap((each) =>
    each instanceof Error ? [codeOf(each)] : [],
  );
  const has = (pattern: RegExp): boolean => codes.some((code) => pattern.test(code));
  if (codes.some((code) => TOO_LARGE.includes(code)))
    return new NetworkError("service", `The response of ${host} is larger than 8 MiB.`, false);
  if (has(COMPRESSION))
    return new NetworkError("service", `The response of ${host} cannot be decompressed.`, true);
  if (has(LATE))
    return new NetworkError("timeout", `${host} did not send a complete response in time.`, true);
  const [code = "unknown error"] = codes;
  const fault = toNetworkFault(error) ?? ({ kind: "other", code } as const);
  const message = describeNetworkFault(fault, host);
  const nextStep = `${networkAdvice(fault.kind, host)}.`;
  if (has(CERTIFICATE)) return new NetworkError("unreachable", message, false, nextStep);
  if (proxyHost === undefined) return new NetworkError("unreachable", message, !has(PERMANENT), nextStep);
  return throughProxy(error, { host, proxyHost, code, isTransient: !has(PERMANENT) });
}

interface ProxyFailure {
  readonly host: string;
  readonly proxyHost: string;
  readonly code: string;
  readonly isTransient: boolean;
}

function throughProxy(error: unknown, failure: ProxyFailure): NetworkError {
  const { host, proxyHost, code, isTransient } = failure;
  const status = proxyStatusOf(error);
  const message = `${host} could not be reached through the proxy ${proxyHost} (${status ?? code}).`;
  const nextStep =
    status === "407"
      ? "Put a user name and a password that the proxy accepts into HTTPS_PROXY: http://user:password@host:port."
      : `Check that the proxy in HTTPS_PROXY can be reached and allows ${host}, or add that host to NO_PROXY.`;
  return new NetworkError("unreachable", message, isTransient && !status?.startsWith("4"), nextStep);
}
