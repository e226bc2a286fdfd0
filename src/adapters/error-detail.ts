import * as z from "zod/mini";

const text = z.catch(z.optional(z.string()), undefined);
const shape = z.object({
  errors: z.catch(z.array(z.object({ title: text, detail: text })), []),
  message: text,
  error: z.catch(z.optional(z.object({ message: text })), undefined),
});

/** The message in an error response of any known shape; empty for HTML and other bodies. */
export function errorDetail(body: unknown): string {
  const { data } = shape.safeParse(body);
  if (data === undefined) return "";
  const listed = data.errors.map(({ title, detail }) => detail ?? title ?? "").filter((each) => each !== "");
  return listed.join("; ") || data.message || data.error?.message || "";
}
