import { only, type Access } from "./access";
import type { Part } from "./batch";
import { isIssued } from "./credential";
import { clientOf, type Issuer } from "./issuer";

/** Tells the issuer what has become of everything that it gave. */
export async function tell(issuer: Issuer, { token, dpop, key }: Access, parts: readonly Part[], event: "credential_accepted" | "credential_failure"): Promise<void> {
  const { metadata } = issuer;
  if (!metadata.credentialIssuer.notification_endpoint) return;
  const client = clientOf(only(key));
  const named = parts.map(({ answer }) => (isIssued(answer) ? answer.notification : undefined)).filter((name) => name !== undefined);
  await Promise.all(named.map((notificationId) => client.sendNotification({ issuerMetadata: metadata, accessToken: token, dpop, notification: { event, notificationId } })));
}
