import type { KeyQuestion } from "../../rotation/provider-check.ts";

/** The values of `auth_data.data`, by backend key. */
export type Credentials = Readonly<Record<string, string>>;

export interface ProviderRequest {
  readonly method: "GET" | "POST";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** What in the request stands for the key and is no part of it, such as a signed assertion: it must not be shown. */
  readonly derived?: string;
  /** The same request without the key: a host that answers it as well says nothing about a key. */
  readonly withoutKey?: ProviderRequest;
}

export interface ProviderResponse {
  readonly status: number;
  /** At most 64 kB of it. */
  readonly body: string;
}

/** What the requests about a key are made of. */
export interface RequestInput {
  readonly credentials: Credentials;
  /** Where the key may go. */
  readonly url: URL;
  /** Without a slash at the end. */
  readonly origin: string;
  readonly hostname: string;
  readonly isLoopback: boolean;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** The error code of a response, and its text. */
export interface ProviderError {
  readonly code?: string | undefined;
  readonly message?: string | undefined;
}

/** A response that says something about a key. Everything that is given must match. */
export interface ResponsePattern {
  readonly status: number;
  readonly code?: string;
  readonly message?: RegExp;
  readonly notMessage?: RegExp;
}

/** How the provider of a connection type is asked about a key. */
export interface Provider {
  /** The provider's public domains; their subdomains are included. */
  readonly domains: readonly string[];
  /** Where the key may go, if that is another place than the host of the endpoint. */
  readonly destination?: (question: KeyQuestion) => string | undefined;
  /** The requests, of which each further one is sent only if the one before it was refused; empty if there is none for these credentials. */
  readonly requests: (
    input: RequestInput,
  ) => readonly ProviderRequest[] | Promise<readonly ProviderRequest[]>;
  /** Reads the error of a response. */
  readonly errorOf: (body: string) => ProviderError;
  /** True for the body of a 200 that comes from the provider and from nothing in between. */
  readonly isGenuine: (body: string) => boolean;
  /** What else than a 200 shows that the key is valid. */
  readonly valid?: readonly ResponsePattern[];
  readonly refused: readonly ResponsePattern[];
  /** Set if a good key may be refused for a moment. */
  readonly confirmAfterMs?: number;
}
