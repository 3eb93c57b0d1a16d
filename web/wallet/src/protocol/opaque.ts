import { finishPassword, startPassword, type JourneyAccess } from "@mibun/api-client";
import { WalletError } from "./fault";

type Client = (typeof import("@serenity-kit/opaque"))["client"];

let loaded: Promise<Client> | undefined;

/** The password protocol (RFC 9807). It is large, so it comes when somebody first needs it. @throws {WalletError} */
export async function passwordProtocol(): Promise<Client> {
  try {
    loaded ??= load();
    return await loaded;
  } catch (error) {
    loaded = undefined;
    throw error;
  }
}

async function load(): Promise<Client> {
  const library = await import("@serenity-kit/opaque").catch((cause: unknown) => {
    throw new WalletError("offline", { cause });
  });
  await library.ready.catch((cause: unknown) => {
    throw new WalletError("browser_too_old", { cause });
  });
  return library.client;
}

/** Sets the ID password of a journey. The authority receives nothing from which it could tell the digits. */
export async function setPassword(journey: JourneyAccess, password: string): Promise<void> {
  const client = await passwordProtocol();
  const { clientRegistrationState, registrationRequest } = client.startRegistration({ password });
  const registrationResponse = await startPassword(journey, registrationRequest);
  const { registrationRecord } = client.finishRegistration({ clientRegistrationState, registrationResponse, password });
  await finishPassword(journey, registrationRecord);
}
