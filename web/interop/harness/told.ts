import { Oauth2ClientErrorResponseError } from "@openid4vc/oauth2";
import { Openid4vciRetrieveCredentialsError } from "@openid4vc/openid4vci";

/** A refusal as the library read it. */
export interface Told {
  status: number;
  error: unknown;
}

/** What the authorization server said, to a pushed request or for a token. */
export async function oauthError(attempt: Promise<unknown>): Promise<Told> {
  const error = await failure(attempt);
  if (!(error instanceof Oauth2ClientErrorResponseError)) throw new Error("a refusal was expected", { cause: error });
  return { status: error.response.status, error: error.errorResponse.error };
}

/** What the credential endpoint said. */
export async function credentialError(attempt: Promise<unknown>): Promise<Told> {
  const error = await failure(attempt);
  if (!(error instanceof Openid4vciRetrieveCredentialsError)) throw new Error("a refusal was expected", { cause: error });
  const body = error.response.credentialErrorResponseResult?.data as { error?: unknown } | undefined;
  return { status: error.response.response.status, error: body?.error };
}

function failure(attempt: Promise<unknown>): Promise<unknown> {
  return attempt.then(() => undefined, (reason: unknown) => reason);
}
