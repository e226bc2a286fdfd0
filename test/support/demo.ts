import { CONNECTIONS, ENVIRONMENTS } from "../../src/sandbox/demo/connections.ts";
import { type DemoSandbox, startDemoSandbox } from "../../src/sandbox/demo/environment.ts";

/** The sandbox of the demo. Every connection takes `timeToReadyMs` to become ready. */
export async function startDemo(timeToReadyMs: number): Promise<DemoSandbox> {
  const world = await startDemoSandbox(() => undefined);
  for (const { name, environment } of CONNECTIONS)
    world.confluent.configure(name, { timeToReadyMs }, ENVIRONMENTS[environment]);
  return world;
}
