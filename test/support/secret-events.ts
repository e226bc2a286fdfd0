import type { World } from "./world.ts";

/** The events for the secret's versions, the oldest first. */
export function eventsOf(world: World, secret: string) {
  return world.events.filter(({ detail }) => detail.name === secret);
}
