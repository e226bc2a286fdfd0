import type { Dispatcher } from "undici";
import type { ProviderCheck } from "../../rotation/provider-check.ts";
import type { Redactor } from "../../rotation/redact.ts";
import { createAgent } from "../http.ts";
import { createProviderCheck, type ProviderCheckOptions } from "./check.ts";

/** The clients of all providers. Their sockets are created for the first request. */
export class ProviderClients {
  readonly check: ProviderCheck;
  #agent: Dispatcher | undefined;

  constructor({
    clock,
    deadlineAt,
    redactor,
  }: Pick<ProviderCheckOptions, "clock" | "deadlineAt"> & { readonly redactor: Redactor }) {
    this.check = createProviderCheck({
      clock,
      deadlineAt,
      dispatcher: () => {
        this.#agent ??= createAgent();
        return this.#agent;
      },
      onSecret: (secret) => redactor.add(secret),
    });
  }

  async close(): Promise<void> {
    await this.#agent?.destroy();
  }
}
