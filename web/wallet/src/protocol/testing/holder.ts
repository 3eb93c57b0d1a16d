import type { HolderExport, SignedByCopy } from "@mibun/api-client";
import { client, ready, server } from "@serenity-kit/opaque";
import { calculateJwkThumbprint, decodeProtectedHeader, importJWK, jwtVerify } from "jose";
import { fromBase64url, sha256, toBase64url, utf8 } from "../bytes";
import { instructionKey, macOf, toBeSigned, type Confirmed, type Consent, type Subject } from "../instruction";
import { publicJwk, signJwt } from "../jws";
import { PURPOSE } from "../chain";
import { CLAIMS, keyPair, type TestAuthority } from "./authority";
import type { TestService } from "./service";

const PERSON = "p-1";
const CARD = "card";

/** What a test may bend out of shape. */
interface Bends {
  /** Refuses the next call of these paths, with this code. */
  refuse: Record<string, [status: number, code: string, headers?: Record<string, string>]>;
  /** Signs this consent in place of the one that was instructed. */
  consent?: Consent;
  /** Makes other receipts of erasures than good ones. */
  receipt?: { typ?: string; payload?: Record<string, unknown>; purpose?: string; authority?: TestAuthority };
}

interface Statement {
  iat: number;
  subject: Subject;
  consent: Consent;
}

/** The authority's side of full cards: as much of it as a wallet sees, and every check that it must not fail. */
export class TestHolder {
  readonly calls: string[] = [];
  readonly bends: Bends = { refuse: {} };
  /** Consents that were signed. */
  readonly signed: Consent[] = [];
  readonly devices: JsonWebKey[] = [];
  triesLeft = 10;
  readonly #setup = server.createSetup();
  #record: string;
  /** The name under which the record was registered. */
  #credential = PERSON;
  /** Revocation codes that were given, the newest last; whoever collected got theirs without a sign-in. */
  readonly codes: { code: string; by: string }[] = [];
  readonly #exchanges = new Map<string, { state: string; macKey?: CryptoKey }>();
  readonly #keys = new Map<string, CryptoKeyPair>();
  /** What the side of passkeys shares. */
  readonly inside = {
    macKey: (exchange: string) => this.#exchanges.get(exchange)?.macKey,
    pair: (copy: string) => this.#keys.get(copy),
    proven: (proof: string, typ: string, over: Uint8Array<ArrayBuffer>) => this.#proven(proof, typ, over),
  };

  private constructor(
    private readonly service: TestService,
    password: string,
  ) {
    const { clientRegistrationState, registrationRequest } = client.startRegistration({ password });
    const { registrationResponse } = server.createRegistrationResponse({ serverSetup: this.#setup, userIdentifier: PERSON, registrationRequest });
    this.#record = client.finishRegistration({ clientRegistrationState, registrationResponse, password }).registrationRecord;
    service.bends.claims = { ...CLAIMS, assurance_level: "full" };
    for (const [name, answer] of Object.entries(this.#routes)) {
      const path = `/api/holder/${name}`;
      service.more[path] = (request) => this.#answer(path, request, answer);
    }
  }

  static async make(service: TestService, password: string): Promise<TestHolder> {
    await ready;
    return new TestHolder(service, password);
  }

  async #answer(path: string, request: Request, answer: (body: never, request: Request) => Promise<object | undefined>): Promise<Response> {
    this.calls.push(path.replace("/api/holder/", ""));
    const refusal = this.bends.refuse[path];
    if (refusal) {
      delete this.bends.refuse[path];
      const [status, code, headers] = refusal;
      return Response.json({ code }, { status, ...(headers && { headers }) });
    }
    const text = await request.text();
    try {
      const said = await answer((text ? JSON.parse(text) : {}) as never, request);
      return said ? Response.json(said) : new Response(null, { status: 204 });
    } catch (error) {
      if (error instanceof Refused) return Response.json({ code: error.message }, { status: error.status });
      throw error;
    }
  }

  readonly #routes = {
    devices: async ({ proof }: { proof: string }, request: Request) => {
      const token = request.headers.get("authorization")?.replace("DPoP ", "") ?? "";
      this.devices.push(await this.#proven(proof, "mibun-device-registration+jwt", utf8(token)));
      return { device: "d-1", authority: this.service.origin, person: PERSON, card: CARD };
    },
    "login/start": async ({ proof, request }: { proof: string; request: string }) => {
      const key = await this.#proven(proof, "mibun-device-sign-in+jwt", fromBase64url(request));
      if (key.x !== this.devices.at(-1)?.x) throw new Error("another device signs in");
      this.triesLeft--;
      const exchange = `x-${this.#exchanges.size}`;
      const { loginResponse, serverLoginState } = server.startLogin({ serverSetup: this.#setup, userIdentifier: this.#credential, registrationRecord: this.#record, startLoginRequest: request });
      this.#exchanges.set(exchange, { state: serverLoginState });
      return { exchange, response: loginResponse, tries_left: this.triesLeft };
    },
    "login/finish": async ({ exchange, finalization }: { exchange: string; finalization: string }) => {
      const known = this.#exchanges.get(exchange);
      const { sessionKey } = server.finishLogin({ serverLoginState: known?.state ?? "", finishLoginRequest: finalization });
      this.#exchanges.set(exchange, { state: "", macKey: await instructionKey(sessionKey) });
      this.triesLeft = 10;
      return { expires_at: "2026-11-01T00:10:00Z" };
    },
    "keys/prepare": async ({ count }: { count: number }) => {
      const keys = await Promise.all(
        Array.from({ length: count }, async () => {
          const [copy, pair] = [`k-${this.#keys.size}-${crypto.randomUUID()}`, await keyPair()];
          this.#keys.set(copy, pair);
          return { copy, jwk: await publicJwk(pair.publicKey) };
        }),
      );
      return { keys };
    },
    keys: async ({ exchange, instructions }: { exchange: string; instructions: Instructed[] }) => ({
      proofs: (await Promise.all(instructions.map((one) => this.#follow(exchange, one, ["credential_request_proof"])))).map(tokenOf),
    }),
    sign: async ({ exchange, ...one }: Instructed & { exchange: string }) => this.#follow(exchange, one, ["key_binding", "device_authentication"]),
    "password/start": async ({ exchange, request }: { exchange: string; request: string }) => {
      const asked = { serverSetup: this.#setup, userIdentifier: `exchange ${exchange}`, registrationRequest: request };
      return { response: server.createRegistrationResponse(asked).registrationResponse };
    },
    "password/finish": async ({ record, ...asked }: Asked & { record: string }) => {
      await this.#asked(asked, "mibun-password-change+jwt", fromBase64url(record));
      [this.#record, this.#credential] = [record, `exchange ${asked.exchange}`];
      this.#exchanges.clear();
      return undefined;
    },
    "revocation-code": async (asked: Asked) => {
      await this.#asked(asked, "mibun-revocation-code-request+jwt");
      return this.#give("sign-in");
    },
    "revocation-code/collected": async (_: object, request: Request) => this.#give(request.headers.get("authorization") ?? ""),
    lost: async ({ code }: { code: string }) => ({ revoked_cards: this.codes.at(-1)?.code === code ? 1 : 0 }),
    export: async (asked: Asked) => {
      await this.#asked(asked, "mibun-history-request+jwt");
      return this.#export();
    },
    erase: async (asked: Asked) => {
      const device = await this.#asked(asked, "mibun-erasure-request+jwt");
      return { receipt: await this.#receipt(device) };
    },
  };

  #give(by: string): { code: string } {
    const code = `ABCDEFGHJKMNPQRSTUV${this.codes.length + 2}`;
    this.codes.push({ code, by });
    return { code };
  }

  /** Holds a request against what the authority does; answers the device. */
  async #asked({ exchange, proof, mac }: Asked, typ: string, content = new Uint8Array()): Promise<JsonWebKey> {
    const macKey = this.#exchanges.get(exchange)?.macKey;
    if (!macKey) throw new Refused(401, "session_over");
    const over = new Uint8Array([...utf8(`${exchange}\n`), ...content]);
    const key = await this.#proven(proof, typ, over).catch((error: Error) => {
      throw new Refused(422, error.message.includes("something else") ? "device_proof_over" : "device_proof_malformed");
    });
    if (key.x !== this.devices.at(-1)?.x) throw new Refused(422, "other_device");
    if ((await macOf(proof, macKey)) !== mac) throw new Refused(422, "unconfirmed");
    return key;
  }

  #export(): HolderExport {
    const [at, end] = ["2026-11-01T00:00:00Z", "2027-11-01T00:00:00Z"];
    return {
      authority: this.service.origin,
      exported_at: at,
      register_record: { family_name: "Yamada" },
      register_status: "active",
      portrait: "data:image/jpeg;base64,/9j/",
      cards: [{ level: "full", status: "valid", issued_at: at, expires_at: end }],
      devices: [{ name: null, passkey: true, state: "active", registered_at: at, retired_at: null }],
      id_password_set_at: at,
      left_out: ["face_decisions", "journeys_under_way", "offers", "revocation_code", "audit_trail"],
    };
  }

  async #receipt(device: JsonWebKey): Promise<string> {
    const { typ = "mibun-erasure-receipt+jwt", payload, purpose = PURPOSE.documentSigner, authority = this.service.authority } = this.bends.receipt ?? {};
    const signer = await authority.party("Test Authority Document Signer", purpose);
    const said = { iss: this.service.origin, iat: 1_793_491_200, device: await calculateJwkThumbprint(device as never), revoked_cards: 1, erased: ["devices", "valid_cards"], kept: ["register_record", "levels_and_dates_of_revoked_cards", "audit_trail"], ...payload };
    return signJwt({ alg: "ES256", typ, x5c: [signer.certificate] }, said, signer.key);
  }

  async #proven(proof: string, typ: string, over: Uint8Array<ArrayBuffer>): Promise<JsonWebKey> {
    const jwk = decodeProtectedHeader(proof).jwk as JsonWebKey;
    const { payload } = await jwtVerify(proof, await importJWK(jwk as never, "ES256"), { typ, audience: this.service.origin, algorithms: ["ES256"], currentDate: new Date("2026-11-01T00:00:00Z") });
    if (payload["over"] !== toBase64url(await sha256(over))) throw new Error("the proof goes with something else");
    if (payload["nonce"] !== "nonce-1") throw new Error("another nonce");
    return jwk;
  }

  /** Verifies an instruction as the authority does, and signs what it says. */
  async #follow(exchange: string, { copy, statement, mac }: Instructed, purposes: Consent["purpose"][]): Promise<SignedByCopy> {
    const macKey = this.#exchanges.get(exchange)?.macKey;
    const pair = this.#keys.get(copy);
    if (!macKey || !pair || (await macOf(statement, macKey)) !== mac) throw new Error("the instruction is not of this exchange");
    const device = await importJWK(this.devices.at(-1) as never, "ES256");
    const { payload } = await jwtVerify(statement, device, { typ: "mibun-signing-instruction+jwt", currentDate: new Date("2026-11-01T00:00:00Z") });
    const { subject, consent, iat } = payload as unknown as Statement;
    const expected = { authority: this.service.origin, person: PERSON, card: CARD, copy, exchange };
    if (JSON.stringify(Object.entries(subject).sort()) !== JSON.stringify(Object.entries(expected).sort())) throw new Error("another subject");
    if (!purposes.includes(consent.purpose)) throw new Error("another consent");
    this.signed.push(consent);
    return signAsAgreed(this.bends.consent ?? consent, pair, new Date(iat * 1000));
  }
}

/** What the authority's key signs for a consent. */
export async function signAsAgreed(consent: Consent, { privateKey, publicKey }: CryptoKeyPair, now: Date, confirmed?: Confirmed): Promise<SignedByCopy> {
  const input = await toBeSigned({ consent, key: await publicJwk(publicKey), now }, confirmed);
  const signature = toBase64url(new Uint8Array(await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, privateKey, input)));
  if (consent.purpose === "device_authentication") return { device_signature: signature };
  return { key_binding: `${new TextDecoder().decode(input)}.${signature}` };
}

function tokenOf(signed: SignedByCopy): string {
  return "key_binding" in signed ? signed.key_binding : "";
}

/** What the authority refuses with. */
class Refused extends Error {
  constructor(
    readonly status: number,
    code: string,
  ) {
    super(code);
  }
}

interface Asked {
  exchange: string;
  proof: string;
  mac: string;
}

interface Instructed {
  copy: string;
  statement: string;
  mac: string;
}
