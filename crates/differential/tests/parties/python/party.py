"""The libraries of other makers that are Python, as a party: sd-jwt, jwcrypto (which sd-jwt builds upon) and pymdoccbor.

One request a line on standard input, one answer a line on standard output, both JSON. An answer is {"value": ...} or
{"refused": "why"}; whatever a library raises is a refusal.
"""

import binascii
import json
import logging
import sys

import cbor2
from cryptography import x509
from jwcrypto import jwe, jwk, jws
from jwcrypto.common import base64url_decode
from pycose.keys import EC2Key
from pymdoccbor.mdoc.issuer import MdocCborIssuer
from pymdoccbor.mdoc.verifier import MdocCbor
from sd_jwt.common import SDObj
from sd_jwt.holder import SDJWTHolder
from sd_jwt.issuer import SDJWTIssuer
from sd_jwt.verifier import SDJWTVerifier


class Refused(Exception):
    """A library answered no without raising anything."""


class LastWords(logging.Handler):
    """pymdoccbor says why only in its log."""

    def __init__(self):
        super().__init__(logging.ERROR)
        self.words = ""

    def emit(self, record):
        self.words = record.getMessage()


LOG = LastWords()


def public(key):
    return jwk.JWK(**{name: value for name, value in key.items() if name != "d"})


def read_jws(ask):
    token = jws.JWS()
    token.deserialize(ask["token"])
    token.verify(public(ask["key"]))
    return json.loads(token.payload)


def read_jwe(ask):
    token = jwe.JWE()
    token.deserialize(ask["token"], key=jwk.JWK(**ask["key"]))
    return token.payload.decode("utf-8")


def read_sd_jwt(ask):
    verifier = SDJWTVerifier(ask["token"], lambda issuer, header: public(ask["issuer"]), ask["audience"], ask["nonce"])
    return verifier.get_verified_payload()


def read_mdoc(ask):
    LOG.words = ""
    document = MdocCbor()
    document.loads(binascii.unhexlify(ask["token"]))
    root = x509.load_der_x509_certificate(binascii.unhexlify(ask["root"]))
    if not document.verify([root]) or not document.documents:
        raise Refused(LOG.words or "not valid")
    return json.loads(json.dumps(document.disclosure_map, default=str))


def make_jws(ask):
    token = jws.JWS(json.dumps(ask["payload"]).encode())
    token.add_signature(jwk.JWK(**ask["key"]), protected=json.dumps({"alg": ask["alg"], "typ": "JWT"}))
    return token.serialize(compact=True)


def make_jwe(ask):
    header = {"alg": "ECDH-ES", "enc": ask["enc"], "apu": ask["apu"], "apv": ask["apv"]}
    token = jwe.JWE(ask["payload"].encode(), protected=json.dumps(header))
    token.add_recipient(public(ask["key"]))
    return token.serialize(compact=True)


def hidden(value):
    """The value with every member and element under a disclosure of its own."""
    if isinstance(value, dict):
        return {SDObj(name): hidden(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [SDObj(hidden(inner)) for inner in value]
    return value


def make_sd_jwt(ask):
    claims = {**ask["open"], **hidden(ask["hidden"])}
    header = {"typ": "dc+sd-jwt", "x5c": ask["x5c"]}
    issuer = SDJWTIssuer(claims, jwk.JWK(**ask["issuer"]), public(ask["holder"]), extra_header_parameters=header)
    holder = SDJWTHolder(issuer.sd_jwt_issuance)
    holder.create_presentation(ask["show"], ask["nonce"], ask["audience"], jwk.JWK(**ask["holder"]))
    return holder.sd_jwt_presentation


def cose_key(key, private):
    x, y = base64url_decode(key["x"]), base64url_decode(key["y"])
    if not private:
        return {"KTY": "EC2", "CURVE": "P_256", "ALG": "ES256", "X": x, "Y": y}
    return EC2Key(crv="P_256", x=x, y=y, d=base64url_decode(key["d"]), optional_params={"ALG": "ES256"})


def make_mdoc(ask):
    issuer = MdocCborIssuer(private_key=cose_key(ask["issuer"], True), alg="ES256")
    made = issuer.new(
        data=ask["namespaces"],
        doctype=ask["doc_type"],
        validity={"issuance_date": "2026-01-01", "expiry_date": "2040-01-01"},
        devicekeyinfo=cose_key(ask["device"], False),
        x509_chain=[binascii.unhexlify(ask["leaf"])],
        revocation=ask["status"],
    )
    return cbor2.dumps(made["documents"][0]["issuerSigned"]).hex()


REQUESTS = {
    "read-jws": read_jws,
    "read-jwe": read_jwe,
    "read-sd-jwt": read_sd_jwt,
    "read-mdoc": read_mdoc,
    "make-jws": make_jws,
    "make-jwe": make_jwe,
    "make-sd-jwt": make_sd_jwt,
    "make-mdoc": make_mdoc,
}


def answer(line):
    ask = json.loads(line)
    try:
        value = REQUESTS[ask["do"]](ask)
        # What a library makes of a changed token need not be JSON for every reader.
        return {"value": True if ask.get("verdict") else value}
    except Exception as error:
        return {"refused": f"{type(error).__name__}: {error}"[:300]}


def main():
    log = logging.getLogger()
    log.handlers = [LOG]
    for line in sys.stdin:
        sys.stdout.write(json.dumps(answer(line)) + "\n")


main()
