import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { importJWK, jwtVerify } from "jose";
import { describe, expect, test } from "vitest";
import { sha256, toBase64url, utf8 } from "./bytes";
import { instruct, instructionKey, macOf, METHODS, payloadOf, toBeSigned, type Confirmed, type Consent, type Draft, type Subject } from "./instruction";
import { embedded, write } from "./mdoc/cbor";
import { deviceNamespaces } from "./mdoc/present";

interface Case {
  name: string;
  now: number;
  jti: string;
  subject: Subject;
  consent: Consent;
  signing_input: string;
  signing_input_sha256: string;
  payload: string;
  statement: string;
  mac: string;
}

interface Vectors {
  session_key: string;
  copy_key: { x: string; y: string };
  device_key: JsonWebKey;
  cases: Case[];
  device_authentications: { cases: DeviceCase[] };
}

/** An instruction about a copy as mdoc: what is signed is no text. */
interface DeviceCase extends Omit<Case, "signing_input" | "mac"> {
  confirmed: Confirmed;
  /** In hexadecimal digits. */
  device_namespaces: string;
  to_be_signed: string;
  mac: string | null;
}

const vectors = JSON.parse(readFileSync(resolve(import.meta.dirname, "../../../../crates/proofing/tests/instructions.json"), "utf8")) as Vectors;

function draftOf({ subject, consent, now }: Pick<Case, "subject" | "consent" | "now">): Draft {
  return { subject, consent, key: vectors.copy_key, now: new Date(now * 1000) };
}

describe.each(vectors.cases)("$name", (entry) => {
  test("what is to be signed is what the authority will make of the consent", async () => {
    const input = await toBeSigned(draftOf(entry));
    expect(new TextDecoder().decode(input)).toBe(entry.signing_input);
    expect(toBase64url(await sha256(input))).toBe(entry.signing_input_sha256);
  });

  test("the statement has the authority's bytes", async () => {
    expect(await payloadOf(draftOf(entry), entry.jti)).toBe(entry.payload);
    expect(entry.statement.split(".")[1]).toBe(toBase64url(utf8(entry.payload)));
  });

  test("the MAC is that of the password exchange", async () => {
    expect(await macOf(entry.statement, await instructionKey(vectors.session_key))).toBe(entry.mac);
  });
});

describe.each(vectors.device_authentications.cases)("an mdoc, $name", (entry) => {
  test("the device says by what the holder was recognised, in the authority's bytes", () => {
    expect(Buffer.from(write(embedded(deviceNamespaces(METHODS[entry.confirmed])))).toString("hex")).toBe(entry.device_namespaces);
  });

  test("what is to be signed is what the authority will make of the consent", async () => {
    const bytes = await toBeSigned(draftOf(entry), entry.confirmed);
    expect([toBase64url(bytes), toBase64url(await sha256(bytes))]).toEqual([entry.to_be_signed, entry.signing_input_sha256]);
  });

  test("the statement has the authority's bytes, and the MAC is that of the password exchange", async () => {
    expect(await payloadOf(draftOf(entry), entry.jti, entry.confirmed)).toBe(entry.payload);
    if (entry.mac !== null) expect(await macOf(entry.statement, await instructionKey(vectors.session_key))).toBe(entry.mac);
  });
});

test("an instruction is signed by the device, has the type of no other message, and is never made twice", async () => {
  const entry = vectors.cases[0] as Case;
  const { privateKey, publicKey } = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign", "verify"]);
  const macKey = await instructionKey(vectors.session_key);
  const [one, two] = await Promise.all([instruct(draftOf(entry), privateKey, macKey), instruct(draftOf(entry), privateKey, macKey)]);
  const options = { algorithms: ["ES256"], typ: "mibun-signing-instruction+jwt", currentDate: draftOf(entry).now };
  const read = await Promise.all([one, two].map(({ statement }) => jwtVerify(statement, publicKey, options)));
  expect(read[0]?.payload.jti).not.toBe(read[1]?.payload.jti);
  expect(one.mac).toBe(await macOf(one.statement, macKey));
});

test("the statements of the table are the device's", async () => {
  const key = await importJWK({ ...vectors.device_key } as never, "ES256");
  for (const { statement, now } of vectors.cases) {
    await expect(jwtVerify(statement, key, { currentDate: new Date(now * 1000) })).resolves.toBeDefined();
  }
});
