import { VERSION } from "../src/version.ts";
import { type Bundle, bundledLibraries, type Library } from "./bundled.ts";
import { readLockfile } from "./lockfile.ts";

const NAME = "flink-connection-rotator";

/** A CycloneDX bill of materials of the bundles. It has no date, so that a release is reproducible. */
export function toSbom() {
  const packages = readLockfile();
  const root = `pkg:npm/${NAME}@${VERSION}`;
  const libraries = bundledLibraries();
  return {
    $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: {
      component: {
        type: "application",
        "bom-ref": root,
        name: NAME,
        version: VERSION,
        purl: root,
        licenses: [{ license: { id: "Apache-2.0" } }],
      },
    },
    components: libraries.map((library) => toComponent(library, packages[library.folder]?.integrity)),
    dependencies: [{ ref: root, dependsOn: libraries.map(purlOf) }],
  };
}

function toComponent(library: Library, integrity: string | undefined) {
  const { name, version, license, bundles } = library;
  const [scope, base] = name.startsWith("@") ? name.split("/") : [undefined, name];
  return {
    type: "library",
    "bom-ref": purlOf(library),
    ...(scope !== undefined && { group: scope }),
    name: base,
    version,
    purl: purlOf(library),
    licenses: [{ expression: license }],
    ...(integrity !== undefined && { hashes: [toHash(integrity)] }),
    properties: bundles.map((bundle) => ({ name: `${NAME}:bundle`, value: FOLDERS[bundle] })),
  };
}

const FOLDERS: Readonly<Record<Bundle, string>> = {
  lambda: "dist/lambda",
  fleet: "dist/fleet",
  cli: "dist/cli",
  cdk: "dist/cdk",
};

function purlOf({ name, version }: Library): string {
  return `pkg:npm/${name.replace("@", "%40")}@${version}`;
}

/** @param integrity of the library's archive in the registry, such as sha512-… in base64. */
function toHash(integrity: string) {
  const [, bits = "", content = ""] = /^sha(\d+)-(.+)$/.exec(integrity) ?? [];
  return { alg: `SHA-${bits}`, content: Buffer.from(content, "base64").toString("hex") };
}
