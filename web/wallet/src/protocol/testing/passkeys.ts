import { importJWK, jwtVerify } from "jose";
import { fromBase64url, sha256, toBase64url, utf8, type Bytes } from "../bytes";
import { macOf, toBeSigned, type Consent, type Confirmed, type Subject } from "../instruction";
import { publicJwk } from "../jws";
import { refusalOf } from "./authenticator";
import { signAsAgreed, type TestHolder } from "./holder";
import type { TestService } from "./service";

interface Assertion {
  authenticator_data: string;
  client_data: string;
  signature: string;
}

interface Added {
  exchange: string;
  proof: string;
  mac: string;
  credential: string;
  public_key: string;
  assertion: Assertion;
}

interface Confirming {
  device: string;
  copy: string;
  statement: string;
  assertion: Assertion;
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

/** The authority's side of passkeys, with the checks of the real one. */
export class TestPasskeys {
  /** What of an assertion was wrong, the last time. */
  refusal: string | undefined;
  passkey: { credential: string; publicKey: Bytes } | undefined;
  /** Refuses the next call with this code. */
  refuse: [status: number, code: string] | undefined;
  /** Signs as if something else had confirmed it. */
  confirmed: Confirmed = "passkey";
  readonly signed: Consent[] = [];
  calls = 0;

  constructor(
    private readonly service: TestService,
    private readonly holder: TestHolder,
  ) {
    service.more["/api/holder/passkey"] = (request) => this.#answer(async () => this.#add((await request.json()) as Added));
    service.more["/api/holder/sign/passkey"] = (request) => this.#answer(async () => this.#sign((await request.json()) as Confirming));
  }

  async #answer(act: () => Promise<Response>): Promise<Response> {
    this.calls++;
    try {
      if (!this.refuse) return await act();
      const [status, code] = this.refuse;
      this.refuse = undefined;
      throw new Refused(status, code);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return Response.json({ code: error.message }, { status: error.status });
    }
  }

  async #add({ exchange, proof, mac, credential, public_key: publicKey, assertion }: Added): Promise<Response> {
    await this.#confirms(assertion, proof, fromBase64url(publicKey));
    const { macKey, proven } = this.holder.inside;
    const key = macKey(exchange);
    if (!key) throw new Refused(401, "session_over");
    const device = await proven(proof, "mibun-passkey-registration+jwt", utf8(`${exchange}\n${credential}.${publicKey}`));
    if (device.x !== this.holder.devices.at(-1)?.x) throw new Refused(422, "other_device");
    if ((await macOf(proof, key)) !== mac) throw new Refused(422, "unconfirmed");
    this.passkey = { credential, publicKey: fromBase64url(publicKey) };
    return new Response(null, { status: 204 });
  }

  async #sign({ device, copy, statement, assertion }: Confirming): Promise<Response> {
    if (device !== "d-1") throw new Refused(409, "device_retired");
    if (!this.passkey) throw new Refused(409, "passkey_missing");
    await this.#confirms(assertion, statement, this.passkey.publicKey);
    const pair = this.holder.inside.pair(copy);
    if (!pair) throw new Refused(422, "unknown_copy");
    const by = await importJWK(this.holder.devices.at(-1) as never, "ES256");
    const { payload } = await jwtVerify(statement, by, { typ: "mibun-signing-instruction+jwt", currentDate: new Date() });
    const { subject, consent, iat, signing_input_sha256: hash } = payload as unknown as { subject: Subject; consent: Consent; iat: number; signing_input_sha256: string };
    const expected = { authority: this.service.origin, person: "p-1", card: "card", copy, exchange: "passkey" };
    if (JSON.stringify(Object.entries(subject).sort()) !== JSON.stringify(Object.entries(expected).sort())) throw new Refused(422, "instruction_exchange");
    if (consent.purpose === "credential_request_proof") throw new Refused(422, "password_needed");
    const now = new Date(iat * 1000);
    const agreed = await toBeSigned({ consent, key: await publicJwk(pair.publicKey), now }, "passkey");
    if (toBase64url(await sha256(agreed)) !== hash) throw new Refused(422, "instruction_text");
    this.signed.push(consent);
    return Response.json(await signAsAgreed(consent, pair, now, this.confirmed));
  }

  async #confirms(assertion: Assertion, text: string, key: Bytes): Promise<void> {
    this.refusal = await refusalOf(assertion, text, key, this.service.origin);
    if (this.refusal) throw new Refused(422, "passkey_refused");
  }
}
