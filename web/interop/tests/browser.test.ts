import type { X509Certificate } from "node:crypto";
import { IssuerSigned } from "@owf/mdoc";
import { beforeAll, describe, expect, inject, test } from "vitest";
import { attester } from "../../e2e/harness/attester";
import { present } from "../harness/card";
import type { Copy } from "../harness/collect";
import { Counter, type Check } from "../harness/counter";
import type { HolderKey } from "../harness/keys";
import { presentMdoc, type Mdoc } from "../harness/mdoc";
import { offerTo } from "../harness/operator";
import { PEOPLE } from "../harness/people";
import { answerOf, called, select } from "../harness/show";
import { fetchRoot } from "../harness/trust";
import { CONFIGURATION, Wallet } from "../harness/wallet";

const MDOC = "mibun_card_mdoc";
const SIGNED = "openid4vp-v1-signed";
const access = inject("access");
const person = PEOPLE.calling;
let root: X509Certificate;
let counter: Counter;
let copies: Copy[];
let mdocs: Mdoc[];

beforeAll(async () => {
  [root, counter] = await Promise.all([fetchRoot(access.origin), Counter.signIn(access)]);
  const wallet = await Wallet.open({ origin: access.origin, attester: await attester(inject("folder")) });
  const pushed = await wallet.push({ scope: `${CONFIGURATION} ${MDOC}` });
  const { access_token: token } = await wallet.redeem(await wallet.code(pushed, await offerTo(inject("folder"), person.number)), pushed.verifier);
  copies = await wallet.copies(token);
  const keys = wallet.keys();
  const { credentials = [] } = await wallet.fetch(token, { jwt: await wallet.prove(keys, undefined, MDOC) }, MDOC);
  mdocs = credentials.map((entry, at) => ({ document: IssuerSigned.fromEncodedForOid4Vci((entry as { credential: string }).credential), key: keys[at] as HolderKey }));
});

function next<T>(held: T[]): T {
  const one = held.pop();
  if (!one) throw new Error("no copy is left");
  return one;
}

function sees(check: Check): void {
  expect(check).toMatchObject({ state: "verified", verdict: { outcome: "accepted", level: "light", refusal: null } });
  expect(check.verdict?.checks.filter(({ passed }) => !passed)).toEqual([]);
  const fields = Object.fromEntries(check.verdict?.fields.map(({ path, value }) => [path.join("."), value]) ?? []);
  expect(fields).toMatchObject({ family_name: person.family_name, given_name: person.given_name, "address.formatted": person.address });
}

/** The card in its own format to whoever `audience` says, else to the page. */
async function shown(data: Record<string, unknown>, audience?: string): Promise<Record<string, unknown>> {
  const request = await called(data, root, access.origin);
  const copy = next(copies);
  const { id, frame } = await select(request, copy);
  return answerOf(request, id, await present(copy, frame, { audience: audience ?? request.audience, nonce: request.payload.nonce }));
}

describe("@openid4vc/openid4vp, @sd-jwt and @owf/mdoc answer a page through the browser", () => {
  test("where either format will do, the card is shown in its own", async () => {
    const { requests, bring } = await counter.call({ scene: "hotel-checkin-jp", format: "either" });
    expect(requests.map(({ protocol }) => protocol)).toEqual([SIGNED, "org-iso-mdoc"]);
    sees(await bring({ protocol: SIGNED, data: await shown(requests[0]?.data ?? {}) }));
  });

  test("as an mdoc", async () => {
    const { requests, bring } = await counter.call({ scene: "hotel-checkin-jp", format: "mso_mdoc" });
    const request = await called(requests[0]?.data ?? {}, root, access.origin);
    const data = await answerOf(request, request.query.credentials[0].id, await presentMdoc(next(mdocs), request, { origin: access.origin }));
    sees(await bring({ protocol: SIGNED, data }));
  });

  test("as an mdoc for another page it is refused", async () => {
    const { requests, bring } = await counter.call({ scene: "hotel-checkin-jp", format: "mso_mdoc" });
    const request = await called(requests[0]?.data ?? {}, root, access.origin);
    const data = await answerOf(request, request.query.credentials[0].id, await presentMdoc(next(mdocs), request, { origin: "https://phisher.example" }));
    expect(await bring({ protocol: SIGNED, data })).toMatchObject({ state: "refused", verdict: { refusal: { code: "invalid_device_proof" }, fields: [] } });
  });

  test("an answer to the organisation, and not to its page, is refused", async () => {
    const { requests, bring } = await counter.call({ scene: "hotel-checkin-jp" });
    const { payload } = await called(requests[0]?.data ?? {}, root, access.origin);
    const data = await shown(requests[0]?.data ?? {}, payload.client_id);
    expect(await bring({ protocol: SIGNED, data })).toMatchObject({ state: "refused", verdict: { refusal: { code: "wrong_audience" }, fields: [] } });
  });

  test("a page of another origin gets nothing out of the request", async () => {
    const { requests } = await counter.call({ scene: "hotel-checkin-jp" });
    await expect(called(requests[0]?.data ?? {}, root, "https://phisher.example")).rejects.toThrow(/expected_origins/);
  });
});
