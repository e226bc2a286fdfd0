import type { KeyQuestion } from "../../rotation/provider-check.ts";

/** The values of `auth_data.data`, by backend key. */
export type Credentials = Readonly<Record<string, string>>;

export interface ProviderRequest {
  readonly method: "GET" | "POST";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** A substitute for the key in the request, such as a signed assertion, which must be redacted. */
  readonly derived?: string;
  /** The same request without the key: a host that accepts it, too, proves nothing about a key. */
  readonly withoutKey?: ProviderRequest;
}

export interface ProviderResponse {
  readonly status: number;
  /** At most 64 kB. */
  readonly body: string;
}

/** The input for the requests about a key. */
export interface RequestInput {
  readonly credentials: Credentials;
  /** Where the key may be sent. */
  readonly url: URL;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** The error code of a response, and its text. */
export interface ProviderError {
  readonly code?: string | undefined;
  readonly message?: string | undefined;
}

/** A response with a verdict on a key. All given fields must match. */
export interface ResponsePattern {
  readonly status: number;
  readonly code?: string;
  readonly message?: RegExp;
  readonly notMessage?: RegExp;
}

/** How to ask the provider of a connection type about a key. */
export interface Provider {
  /** The provider's public domains; their subdomains are included. */
  readonly domains: readonly string[];
  /** Where the key may be sent, if not to the host of the endpoint. */
  readonly destination?: (question: KeyQuestion) => string | undefined;
  /** The requests, each sent only if the one before it was refused; empty if there is none for these credentials. */
  readonly requests: (
    input: RequestInput,
  ) => readonly ProviderRequest[] | Promise<readonly ProviderRequest[]>;
  /** Reads the error of a response. */
  readonly errorOf: (body: string) => ProviderError;
  /** True for the body of a 200 that comes from the provider itself. */
  readonly isGenuine: (body: string) => boolean;
  /** Responses other than 200 that prove the key valid. */
  readonly valid?: readonly ResponsePattern[];
  readonly refused: readonly ResponsePattern[];
  /** Set if the provider may refuse a good key for a moment. */
  readonly confirmAfterMs?: number;
}
