import * as z from "zod/mini";

const text = z.catch(z.optional(z.string()), undefined);
const listed = z.object({ title: text, detail: text, message: text });
const shape = z.object({
  errors: z.catch(z.array(z.catch(listed, {})), []),
  error: z.union([z.object({ message: text }), text]),
  fault: z.catch(z.optional(z.object({ faultstring: text })), undefined),
  message: text,
  Message: text,
  error_description: text,
  detail: text,
  title: text,
  reason: text,
});

/** The message in an error response of any known shape; empty for HTML and other bodies. */
export function errorDetail(body: unknown): string {
  const { data } = shape.safeParse(body);
  if (data === undefined) return "";
  const { errors, fault } = data;
  const error = typeof data.error === "object" ? data.error.message : data.error;
  const sentences = errors.map(({ title, detail, message }) => detail ?? title ?? message ?? "");
  const others = [data.message, data.Message, data.detail, data.error_description, error, fault?.faultstring];
  const [first = ""] = [...others, data.reason, data.title].filter((each) => each);
  return sentences.filter((each) => each !== "").join("; ") || first;
}
