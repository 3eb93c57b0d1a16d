import { randomBytes, type X509Certificate } from "node:crypto";
import { Openid4vciClient } from "@openid4vc/openid4vci";
import { beforeAll, describe, expect, inject, test } from "vitest";
import { callbacks } from "../harness/callbacks";
import { bindAgain, present, verifyCard, type Binding } from "../harness/card";
import { collectCard, fetchCards, redeem, resolve, COPIES, type Copy } from "../harness/collect";
import { Counter } from "../harness/counter";
import { generateKeys } from "../harness/keys";
import { offerTo, revoke } from "../harness/operator";
import { PEOPLE } from "../harness/people";
import { follow, select, send, type Request } from "../harness/show";
import { credentialError, oauthError } from "../harness/told";
import { fetchRoot } from "../harness/trust";

const access = inject("access");
const folder = inject("folder");
let root: X509Certificate;

beforeAll(async () => {
  root = await fetchRoot(access.origin);
});

describe("issuing refuses", () => {
  test("a wrong transaction code, and takes the right one afterwards", async () => {
    const offer = await offerTo(folder, PEOPLE.refused.number);
    const resolved = await resolve(offer);
    const wrong = offer.tx_code === "000000" ? "000001" : "000000";
    expect(await oauthError(redeem(resolved, wrong))).toEqual({ status: 400, error: "invalid_grant" });
    expect(await redeem(resolved, offer.tx_code)).toMatch(/^[\w-]{20,}$/);
  });

  test("an offer used twice", async () => {
    const offer = await offerTo(folder, PEOPLE.refused.number);
    const resolved = await resolve(offer);
    await redeem(resolved, offer.tx_code);
    expect(await oauthError(redeem(resolved, offer.tx_code))).toEqual({ status: 400, error: "invalid_grant" });
    await expect(resolve(offer)).rejects.toThrow();
  });

  test("an access token with other keys", async () => {
    const offer = await offerTo(folder, PEOPLE.refused.number);
    const first = await resolve(offer);
    const token = await redeem(first, offer.tx_code);
    expect((await fetchCards(first, token)).credentials).toHaveLength(COPIES);
    const keys = await generateKeys(COPIES);
    const client = new Openid4vciClient({ callbacks: callbacks({ keys }) });
    expect(await credentialError(fetchCards({ ...first, client, keys }, token))).toEqual({ status: 400, error: "credential_request_denied" });
  });

  test("proofs with a nonce that was used", async () => {
    const offer = await offerTo(folder, PEOPLE.refused.number);
    const first = await resolve(offer);
    const { c_nonce: used } = await first.client.requestNonce({ issuerMetadata: first.issuerMetadata });
    expect((await fetchCards(first, await redeem(first, offer.tx_code), used)).credentials).toHaveLength(COPIES);
    const other = await offerTo(folder, PEOPLE.refused.number);
    const second = await resolve(other);
    expect(await credentialError(fetchCards(second, await redeem(second, other.tx_code), used))).toEqual({ status: 400, error: "invalid_nonce" });
  });

  test("an access token that it never gave", async () => {
    const resolved = await resolve(await offerTo(folder, PEOPLE.refused.number));
    const attempt = fetchCards(resolved, randomBytes(32).toString("base64url"));
    await expect(attempt).rejects.toMatchObject({ response: { wwwAuthenticate: [{ scheme: "Bearer", error: "invalid_token" }, { scheme: "DPoP", error: "invalid_token", algs: "ES256" }] } });
  });
});

describe("the counter refuses", () => {
  let counter: Counter;
  let copies: Copy[];

  beforeAll(async () => {
    counter = await Counter.signIn(access);
    copies = await collectCard(folder, PEOPLE.refused.number);
  });

  /** Answers a new check of the hotel with what `make` makes of a copy; answers what wallet and counter are told. */
  async function answer(make: (copy: Copy, request: Request, frame: Awaited<ReturnType<typeof select>>["frame"], right: Binding) => Promise<string>, scene = "hotel-checkin-jp") {
    const check = await counter.ask({ scene });
    const request = await follow(check.link, root, "post");
    const copy = copies.pop();
    if (!copy) throw new Error("no copy is left");
    const { id, frame } = await select(request, copy);
    const answered = await send(request, id, await make(copy, request, frame, { audience: request.audience, nonce: request.payload.nonce }));
    const seen = await counter.look(check.id);
    return { ...answered, state: seen.state, code: seen.verdict?.refusal?.code, fields: seen.verdict?.fields };
  }

  const refused = (code: string) => ({ status: 400, body: { error: "invalid_presentation", error_description: code }, state: "refused", code, fields: [] });

  test("a key binding with another nonce", async () => {
    expect(await answer((copy, _, frame, right) => present(copy, frame, { ...right, nonce: randomBytes(32).toString("base64url") }))).toEqual(refused("wrong_nonce"));
  });

  test("a key binding for another asker", async () => {
    expect(await answer((copy, _, frame, right) => present(copy, frame, { ...right, audience: "x509_hash:somebody-else" }))).toEqual(refused("wrong_audience"));
  });

  test("a key binding by another key", async () => {
    const [key] = await generateKeys(1);
    expect(await answer((copy, _, frame, right) => present(copy, frame, { ...right, ...(key && { key }) }))).toEqual(refused("invalid_key_binding"));
  });

  test("a disclosure that was changed after the key binding", async () => {
    expect(await answer(async (copy, _, frame, right) => rename(await present(copy, frame, right)))).toEqual(refused("malformed"));
  });

  test("a disclosure that was changed before the key binding", async () => {
    const make = async (copy: Copy, _: Request, frame: Parameters<typeof present>[1], right: Binding) => {
      const changed = rename(await present(copy, frame, right));
      return bindAgain(changed.slice(0, changed.lastIndexOf("~") + 1), copy, right);
    };
    expect(await answer(make)).toEqual(refused("malformed"));
  });

  test("a disclosure that was left out after the key binding", async () => {
    const withoutLast = (presentation: string) => presentation.split("~").toSpliced(-2, 1).join("~");
    expect(await answer(async (copy, _, frame, right) => withoutLast(await present(copy, frame, right)))).toEqual(refused("wrong_sd_hash"));
  });

  test("a card without key binding", async () => {
    expect(await answer(async (copy, _, frame, right) => (await present(copy, frame, right)).replace(/[^~]+$/, ""))).toEqual(refused("missing_key_binding"));
  });

  test("an answer that comes a second time", async () => {
    const check = await counter.ask({ scene: "hotel-checkin-jp" });
    const request = await follow(check.link, root, "post");
    const copy = copies.pop();
    if (!copy) throw new Error("no copy is left");
    const { id, frame } = await select(request, copy);
    const presentation = await present(copy, frame, { audience: request.audience, nonce: request.payload.nonce });
    expect((await send(request, id, presentation)).status).toBe(200);
    expect(await send(request, id, presentation)).toMatchObject({ status: 400, body: { error: "invalid_request" } });
    expect((await counter.look(check.id)).state).toBe("verified");
  });

  test("a light card where a full one is needed", async () => {
    expect(await answer((copy, _, frame, right) => present(copy, frame, right), "bank-account")).toEqual(refused("level_too_low"));
  });

  test("a revoked card, within a second", async () => {
    const number = PEOPLE.revoked.number;
    copies = await collectCard(folder, number);
    const witness = copies.pop();
    await revoke(folder, number);
    await new Promise((resume) => setTimeout(resume, 1_000));
    expect(await answer((copy, _, frame, right) => present(copy, frame, right))).toEqual(refused("revoked"));
    await expect(verifyCard(witness?.sdJwt ?? "", root)).rejects.toThrow(/not valid/i);
  });
});

/** Changes the value in the first disclosure that has a text. */
function rename(presentation: string): string {
  const parts = presentation.split("~");
  const at = parts.findIndex((part, index) => index > 0 && index < parts.length - 1 && typeof valueOf(part) === "string");
  const [salt, name] = JSON.parse(Buffer.from(parts[at] ?? "", "base64url").toString()) as [string, string];
  parts[at] = Buffer.from(JSON.stringify([salt, name, "Somebody Else"])).toString("base64url");
  return parts.join("~");
}

function valueOf(disclosure: string): unknown {
  return (JSON.parse(Buffer.from(disclosure, "base64url").toString()) as unknown[])[2];
}
