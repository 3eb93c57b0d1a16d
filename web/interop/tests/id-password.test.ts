import { client, ready, server } from "@serenity-kit/opaque";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { instruct, instructionKey, signingInput, type Consent } from "../../wallet/src/protocol/instruction";
import { publicJwk } from "../../wallet/src/protocol/jws";
import { Pipe } from "../harness/pipe";

const PASSWORD = "40718263";
const OTHER = "40718264";
const PERSON = "p-4f1c";

let pipe: Pipe;

beforeAll(async () => {
  await ready;
  pipe = new Pipe();
});

afterAll(async () => {
  await pipe.end();
});

/** What our answer holds under `name`. */
async function told(name: string, what: string, command: Record<string, unknown>): Promise<string> {
  const answer = await pipe.ask(what, command);
  const value = answer[name];
  if (value === undefined) throw new Error(`${what}: ${JSON.stringify(answer)}`);
  return value;
}

describe("a browser and our server", () => {
  let setup: string;
  let serverKey: string;
  let record: string;

  beforeAll(async () => {
    const made = await pipe.ask("setup", {});
    [setup, serverKey] = [made["setup"] ?? "", made["server_key"] ?? ""];
    const { clientRegistrationState, registrationRequest } = client.startRegistration({ password: PASSWORD });
    const registrationResponse = await told("response", "answer_registration", { setup, credential: PERSON, request: registrationRequest });
    const done = client.finishRegistration({ clientRegistrationState, registrationResponse, password: PASSWORD });
    expect(done.serverStaticPublicKey).toBe(serverKey);
    record = done.registrationRecord;
  });

  async function started(password: string, known: string | null = record, credential = PERSON) {
    const { clientLoginState, startLoginRequest } = client.startLogin({ password });
    const answer = await pipe.ask("answer_login", { setup, credential, record: known, request: startLoginRequest });
    const loginResponse = answer["response"] ?? "";
    return { pending: answer["pending"], loginResponse, result: client.finishLogin({ clientLoginState, loginResponse, password }) };
  }

  async function exchange() {
    const { pending, result } = await started(PASSWORD);
    if (!result) throw new Error("the right password was refused");
    const sessionKey = await told("session_key", "finish_login", { pending, finalization: result.finishLoginRequest });
    return { own: result.sessionKey, theirs: sessionKey };
  }

  test("share a fresh key after the right password", async () => {
    const one = await exchange();
    expect(one.own).toBe(one.theirs);
    expect((await exchange()).own).not.toBe(one.own);
  });

  test("share nothing after a wrong one, and nobody can tell it from an unknown person", async () => {
    const wrong = await started(OTHER);
    const unknown = await started(PASSWORD, null, "nobody");
    const another = await started(PASSWORD, record, "p-another");
    for (const { result } of [wrong, unknown, another]) expect(result).toBeUndefined();
    expect(unknown.loginResponse.length).toBe(wrong.loginResponse.length);
  });

  test("a last message of another login is refused", async () => {
    const [one, two] = [await started(PASSWORD), await started(PASSWORD)];
    const answer = await pipe.ask("finish_login", { pending: two.pending, finalization: one.result?.finishLoginRequest });
    expect(answer).toEqual({ refused: "WrongPassword" });
  });

  test("an instruction by the browser is followed under that key, and under no other", async () => {
    const { own, theirs } = await exchange();
    const pair = () => crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
    const [device, card] = [await pair(), await pair()];
    const key = await publicJwk(card.publicKey);
    const subject = { authority: "https://id.example", person: PERSON, card: "c-1", copy: "1", exchange: "x-1" };
    const consent: Consent = { purpose: "key_binding", client_id: "x509_hash:abc", nonce: "n-旅館", response_uri: null, sd_hash: "A".repeat(43) };
    const now = new Date();
    const instruction = await instruct({ subject, key, consent, now }, device.privateKey, await instructionKey(own));
    const known = { subject, key, device: await publicJwk(device.publicKey), now: Math.floor(now.getTime() / 1000) };
    const followed = await pipe.ask("follow", { ...known, instruction, session_key: theirs });
    expect(followed).toEqual({ signing_input: signingInput(consent, key, now) });
    const foreign = (await exchange()).theirs;
    expect(await pipe.ask("follow", { ...known, instruction, session_key: foreign })).toEqual({ refused: "Mac" });
    const thief = await publicJwk((await pair()).publicKey);
    expect(await pipe.ask("follow", { ...known, device: thief, instruction, session_key: theirs })).toEqual({ refused: "Device" });
  });
});

describe("our client and a server of theirs", () => {
  const serverSetup = server.createSetup();
  let registrationRecord: string;

  beforeAll(async () => {
    const registrationRequest = await told("request", "start_registration", { password: PASSWORD });
    const { registrationResponse } = server.createRegistrationResponse({ serverSetup, userIdentifier: PERSON, registrationRequest });
    const done = await pipe.ask("finish_registration", { password: PASSWORD, response: registrationResponse });
    expect(done["server_key"]).toBe(server.getPublicKey(serverSetup));
    registrationRecord = done["record"] ?? "";
  });

  async function logIn(password: string, known: string | null) {
    const startLoginRequest = await told("request", "start_login", { password });
    const { loginResponse, serverLoginState } = server.startLogin({ serverSetup, userIdentifier: PERSON, registrationRecord: known, startLoginRequest });
    return { serverLoginState, done: await pipe.ask("finish_own_login", { password, response: loginResponse }) };
  }

  test("share a key after the right password", async () => {
    const { serverLoginState, done } = await logIn(PASSWORD, registrationRecord);
    const { sessionKey } = server.finishLogin({ serverLoginState, finishLoginRequest: done["finalization"] ?? "" });
    expect(sessionKey).toBe(done["session_key"]);
  });

  test("share nothing after a wrong one", async () => {
    expect((await logIn(OTHER, registrationRecord)).done).toEqual({ refused: "WrongPassword" });
    expect((await logIn(PASSWORD, null)).done).toEqual({ refused: "WrongPassword" });
  });

  test("a setup of theirs is one of ours", async () => {
    const { clientRegistrationState, registrationRequest } = client.startRegistration({ password: PASSWORD });
    const registrationResponse = await told("response", "answer_registration", { setup: serverSetup, credential: PERSON, request: registrationRequest });
    const theirs = server.createRegistrationResponse({ serverSetup, userIdentifier: PERSON, registrationRequest });
    expect(registrationResponse).toBe(theirs.registrationResponse);
    expect(client.finishRegistration({ clientRegistrationState, registrationResponse, password: PASSWORD }).serverStaticPublicKey).toBe(server.getPublicKey(serverSetup));
  });
});
