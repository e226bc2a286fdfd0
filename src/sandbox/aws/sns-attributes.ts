import * as z from "zod";
import { AwsError } from "./error.ts";

export interface MessageAttribute {
  readonly type: string;
  /** Base64 if the type is Binary. */
  readonly value: string;
}

const attributeSchema = z.object({
  name: z.string().regex(/^[\w.-]{1,256}$/),
  type: z.string().regex(/^(String|Number|Binary)(\.|$)/),
  value: z.string().min(1),
});

/**
 * Reads `MessageAttributes.entry.N` of a form.
 * @throws AwsError if one has no name, no known type, or no value.
 */
export function attributesOf(form: URLSearchParams): Readonly<Record<string, MessageAttribute>> {
  const prefixes = [...form.keys()].flatMap(
    (key) => /^(MessageAttributes\.entry\.\d+)\.Name$/.exec(key)?.[1] ?? [],
  );
  return Object.fromEntries(prefixes.map((prefix) => attributeOf(form, prefix)));
}

function attributeOf(form: URLSearchParams, prefix: string): [string, MessageAttribute] {
  const of = (field: string) => form.get(`${prefix}.${field}`) ?? undefined;
  const { success, data } = attributeSchema.safeParse({
    name: of("Name"),
    type: of("Value.DataType"),
    value: of("Value.StringValue") ?? of("Value.BinaryValue"),
  });
  if (!success)
    throw new AwsError(
      "ParameterValueInvalid",
      `The message attribute '${of("Name")}' must contain non-empty message attribute value for message attribute type '${of("Value.DataType")}'.`,
    );
  return [data.name, { type: data.type, value: data.value }];
}
