import * as z from "zod/mini";
import { PAGE_SIZE } from "../rotation/polling/reader.ts";

/** The API's limit. If a token is longer, connections on further pages are read by name. */
const MAX_TOKEN_LENGTH = 255;

export const listSchema = z.object({
  data: z.array(z.unknown()),
  metadata: z.catch(z.object({ next: z.catch(z.nullish(z.string()), undefined) }), {}),
});

export function pageQuery(pageToken: string | undefined): URLSearchParams {
  return new URLSearchParams({
    page_size: String(PAGE_SIZE),
    ...(pageToken !== undefined && { page_token: pageToken }),
  });
}

/** The page token in `metadata.next`. The URL around it is never called. */
export function nextTokenOf({ metadata: { next } }: z.output<typeof listSchema>): { nextToken?: string } {
  if (!next) return {};
  const nextToken = URL.parse(next, "https://next.invalid")?.searchParams.get("page_token") ?? "";
  return nextToken !== "" && nextToken.length <= MAX_TOKEN_LENGTH ? { nextToken } : {};
}
