import { getListFromStatusListJWT, getStatusListFromJWT } from "@sd-jwt/jwt-status-list";
import { calculateJwkThumbprint, decodeProtectedHeader, type JWK } from "jose";
import { beforeAll, describe, expect, inject, test } from "vitest";
import { verifyCard } from "../harness/card";
import { copiesOf, COPIES, fetchCards, redeem, resolve, type Copy, type Resolved } from "../harness/collect";
import { offerTo } from "../harness/operator";
import { PEOPLE } from "../harness/people";
import { fetchRoot } from "../harness/trust";

const { origin } = inject("access");
const person = PEOPLE.collecting;

describe("@openid4vc/openid4vci collects a card", () => {
  let resolved: Resolved;
  let copies: Copy[];
  let accessToken: string;
  let notificationId: string | undefined;

  beforeAll(async () => {
    const offer = await offerTo(inject("folder"), person.number);
    resolved = await resolve(offer);
    accessToken = await redeem(resolved, offer.tx_code);
    const response = await fetchCards(resolved, accessToken);
    notificationId = response.notification_id;
    copies = copiesOf(response, resolved.keys);
  });

  test("the offer names the issuer and asks for a transaction code", () => {
    expect(resolved.credentialOffer.credential_issuer).toBe(origin);
    expect(resolved.credentialOffer.grants?.["urn:ietf:params:oauth:grant-type:pre-authorized_code"]?.tx_code).toMatchObject({ input_mode: "numeric" });
  });

  test("the metadata offers a batch of dc+sd-jwt", () => {
    const { credentialIssuer, authorizationServers } = resolved.issuerMetadata;
    expect(credentialIssuer.batch_credential_issuance).toEqual({ batch_size: COPIES });
    expect(credentialIssuer.credential_configurations_supported[resolved.configuration]).toMatchObject({ format: "dc+sd-jwt", vct: "urn:eudi:pid:1" });
    expect(authorizationServers.map(({ issuer }) => issuer)).toEqual([origin]);
  });

  test("ten copies, each bound to its own key, each verified by @sd-jwt/sd-jwt-vc", async () => {
    const root = await fetchRoot(origin);
    expect(copies).toHaveLength(COPIES);
    for (const { sdJwt, key } of copies) {
      const { payload } = await verifyCard(sdJwt, root);
      expect(payload).toMatchObject({ vct: "urn:eudi:pid:1", iss: origin, family_name: person.family_name, given_name: person.given_name, birthdate: person.birthdate, assurance_level: "light" });
      expect(await calculateJwkThumbprint((payload.cnf as { jwk: JWK }).jwk)).toBe(key.thumbprint);
    }
  });

  test("the copies cannot be told to be one card: salts, signatures and status entries all differ", () => {
    const issuerSigned = copies.map(({ sdJwt }) => sdJwt.split("~")[0] ?? "");
    const disclosures = copies.flatMap(({ sdJwt }) => sdJwt.split("~").slice(1, -1));
    const entries = issuerSigned.map((jwt) => getStatusListFromJWT(jwt).idx);
    expect(new Set(issuerSigned).size).toBe(COPIES);
    expect(new Set(disclosures).size).toBe(disclosures.length);
    expect(new Set(entries).size).toBe(COPIES);
  });

  test("the status list is signed by the authority and says valid for every copy", async () => {
    const root = await fetchRoot(origin);
    for (const { sdJwt } of copies) {
      const { lists } = await verifyCard(sdJwt, root);
      expect(lists).toHaveLength(1);
      const [list] = lists;
      if (!list) continue;
      expect(list.type).toBe("application/statuslist+jwt");
      expect(decodeProtectedHeader(list.token).typ).toBe("statuslist+jwt");
      expect(getListFromStatusListJWT(list.token).getStatus(getStatusListFromJWT(sdJwt.split("~")[0] ?? "").idx)).toBe(0);
    }
  });

  test("a changed letter in the signed part does not verify", async () => {
    const [head, body, ...rest] = (copies[0]?.sdJwt ?? "").split(".");
    const other = `${body?.slice(0, -1)}${body?.endsWith("A") ? "B" : "A"}`;
    await expect(verifyCard([head, other, ...rest].join("."), await fetchRoot(origin))).rejects.toThrow();
  });

  test("the evidence says that an officer compared the face", async () => {
    const { payload } = await verifyCard(copies[0]?.sdJwt ?? "", await fetchRoot(origin));
    const evidence = payload["evidence"] as { check_details: { check_method: string }[] }[];
    // Register data, then the physical person against the register's portrait.
    expect(evidence.map(({ check_details: [check] }) => check?.check_method)).toEqual(["data", "pvr"]);
  });

  test("the notification is taken", async () => {
    expect(notificationId).toBeTypeOf("string");
    const { response } = await resolved.client.sendNotification({ issuerMetadata: resolved.issuerMetadata, accessToken, notification: { event: "credential_accepted", notificationId: notificationId ?? "" } });
    expect(response.status).toBe(204);
  });
});
