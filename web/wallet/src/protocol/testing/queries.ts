import { DOCTYPE } from "../mdoc/elements";
import { VCT } from "./authority";

/** An item of a card, as a query names it. */
export const claim = (...path: (string | number | null)[]) => ({ id: path.map(String).join("-"), path });

export const element = (...path: string[]) => ({ id: path.join("-").replaceAll(".", "_"), path });

export const credential = (id: string, claims: object[], more: object = {}) => ({ id, format: "dc+sd-jwt", meta: { vct_values: [VCT] }, ...(claims.length > 0 && { claims }), ...more });

/** A query for one card. */
export function query(claims: object[], claim_sets?: string[][], more: object = {}) {
  return { credentials: [credential("card", claims, { ...(claim_sets && { claim_sets }), ...more })] };
}

export const mdocQuery = (claims: object[], claim_sets?: string[][], more: object = {}) => ({
  id: "card_mdoc",
  format: "mso_mdoc",
  meta: { doctype_value: DOCTYPE },
  ...(claims.length > 0 && { claims }),
  ...(claim_sets && { claim_sets }),
  ...more,
});
