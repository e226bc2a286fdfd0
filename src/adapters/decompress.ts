import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync, zstdDecompressSync } from "node:zlib";

type Decompress = (bytes: Uint8Array, options: { readonly maxOutputLength: number }) => Uint8Array;

/** By the name in `content-encoding`. */
const DECOMPRESS: ReadonlyMap<string, Decompress> = new Map<string, Decompress>([
  ["br", brotliDecompressSync],
  ["zstd", zstdDecompressSync],
  // Some servers leave the header of zlib out, whose first byte ends in 8.
  [
    "deflate",
    (bytes, options) => (((bytes[0] ?? 0) & 0x0f) === 8 ? inflateSync : inflateRawSync)(bytes, options),
  ],
]);

/** The code of the error for bytes that cannot be decompressed, whatever their encoding. */
const CANNOT_DECOMPRESS = "Z_DATA_ERROR";

/**
 * Some gateways compress despite `accept-encoding: identity`, and without a header that says so.
 * @throws an error with the code ERR_BUFFER_TOO_LARGE or CANNOT_DECOMPRESS
 */
export function decompress(bytes: Uint8Array, contentEncoding: string, maxOutputLength: number): Uint8Array {
  const encodings = contentEncoding
    .toLowerCase()
    .split(/[\s,]+/)
    .reverse();
  try {
    return encodings.reduce((body, encoding) => {
      const unpack = bySignature(body) ?? DECOMPRESS.get(encoding);
      return unpack === undefined ? body : unpack(body, { maxOutputLength });
    }, bytes);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE") throw error;
    throw Object.assign(new Error("The body cannot be decompressed."), { code: CANNOT_DECOMPRESS });
  }
}

/** The first bytes of what is compressed; no text of the API begins like this. */
function bySignature(bytes: Uint8Array): Decompress | undefined {
  const start = Buffer.from(bytes.subarray(0, 4)).toString("hex");
  if (start.startsWith("1f8b")) return gunzipSync;
  if (start === "28b52ffd") return zstdDecompressSync;
  return /^78(01|5e|9c|da)/.test(start) ? inflateSync : undefined;
}
