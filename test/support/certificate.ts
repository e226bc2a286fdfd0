import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";

export interface Identity {
  /** PEM. */
  readonly key: string;
  readonly cert: string;
}

export interface CertificateAuthority {
  /** Its own certificate, as PEM. */
  readonly cert: string;
  readonly issue: (host: string) => Identity;
}

/** A key and a self-signed certificate for 127.0.0.1. */
export function selfSigned(): Identity {
  const { privateKey, publicKey } = generateKeyPair();
  const name = "127.0.0.1";
  return identity(privateKey, { name, publicKey, issuer: name, signer: privateKey });
}

/** A certificate authority like that of a company's proxy. */
export function createCertificateAuthority(): CertificateAuthority {
  const { privateKey, publicKey } = generateKeyPair();
  const issuer = "Example Company CA";
  const root = { name: issuer, publicKey, issuer, signer: privateKey, isAuthority: true };
  return {
    cert: identity(privateKey, root).cert,
    issue: (host) => {
      const keys = generateKeyPair();
      return identity(keys.privateKey, {
        name: host,
        publicKey: keys.publicKey,
        issuer,
        signer: privateKey,
      });
    },
  };
}

function generateKeyPair(): { privateKey: KeyObject; publicKey: KeyObject } {
  return generateKeyPairSync("ec", { namedCurve: "P-256" });
}

interface CertificateOptions {
  readonly name: string;
  readonly publicKey: KeyObject;
  readonly issuer: string;
  readonly signer: KeyObject;
  readonly isAuthority?: boolean;
}

const ECDSA_WITH_SHA256 = der(0x30, der(0x06, Buffer.from("2a8648ce3d040302", "hex")));
/** basicConstraints, critical, cA: true. */
const AUTHORITY = der(
  0x30,
  der(0x06, Buffer.from("551d13", "hex")),
  der(0x01, Buffer.from([0xff])),
  der(0x04, der(0x30, der(0x01, Buffer.from([0xff])))),
);

function identity(privateKey: KeyObject, options: CertificateOptions): Identity {
  const { name, publicKey, issuer, signer, isAuthority = false } = options;
  const body = der(
    0x30,
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([isAuthority ? 1 : 2])),
    ECDSA_WITH_SHA256,
    commonName(issuer),
    der(0x30, utcTime("200101000000Z"), utcTime("491231235959Z")),
    commonName(name),
    publicKey.export({ type: "spki", format: "der" }),
    ...(isAuthority ? [der(0xa3, der(0x30, AUTHORITY))] : []),
  );
  const signature = der(0x03, Buffer.from([0]), sign("sha256", body, signer));
  const certificate = der(0x30, body, ECDSA_WITH_SHA256, signature);
  return {
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${certificate.toString("base64")}\n-----END CERTIFICATE-----\n`,
  };
}

function commonName(name: string): Buffer {
  const attribute = der(0x30, der(0x06, Buffer.from("550403", "hex")), der(0x0c, Buffer.from(name)));
  return der(0x30, der(0x31, attribute));
}

function utcTime(text: string): Buffer {
  return der(0x17, Buffer.from(text));
}

/** A value of the given type in DER; lengths up to 65,535. */
function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 128 ? [length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}
