import { only, type Access } from "./access";
import { clientOf, type Issuer } from "./issuer";

/** Tells the issuer what has become of the answers that it gave these names, if it gave any. */
export async function tell(issuer: Issuer, { token, dpop, key }: Access, names: readonly (string | undefined)[], event: "credential_accepted" | "credential_failure"): Promise<void> {
  const { metadata } = issuer;
  if (!metadata.credentialIssuer.notification_endpoint) return;
  const client = clientOf(only(key));
  const given = names.filter((name) => name !== undefined);
  await Promise.all(given.map((notificationId) => client.sendNotification({ issuerMetadata: metadata, accessToken: token, dpop, notification: { event, notificationId } })));
}
