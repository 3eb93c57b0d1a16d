//! Every party's verdict on every token of the kinds that it reads.

use serde_json::{Value, json};

use mibun_crypto::key::Signer;
use mibun_vectors::from_hex;

use super::Kind;
use crate::changed::{Changed, Class};
use crate::crates_io::{jsonwebtoken, sd_jwt_payload};
use crate::ours::{self, Verdict};
use crate::program::{ISOMDL, PYTHON, Program, hex};
use crate::world::{AUDIENCE, NONCE, key_of, session, world};

/// One changed token.
pub struct Case {
    pub kind: Kind,
    pub class: &'static Class,
    pub changed: Changed,
}

impl Case {
    pub fn ours(&self) -> Verdict {
        let token = &self.changed.token;
        match self.kind {
            Kind::Jws => ours::jws(token, key_of(self.changed.algorithm).public_key()),
            Kind::Jwe => ours::jwe(token),
            Kind::SdJwt => ours::sd_jwt(token),
            Kind::Mdoc => ours::mdoc(&from_hex(token).expect("hexadecimal")),
        }
    }

    fn jsonwebtoken(&self) -> Option<Verdict> {
        let key = key_of(self.changed.algorithm);
        (self.kind == Kind::Jws).then(|| jsonwebtoken(&self.changed.token, key.public_key()).map(drop))
    }

    fn sd_jwt_payload(&self) -> Option<Verdict> {
        let read = || sd_jwt_payload(&self.changed.token, world().issuer.public_key()).map(drop);
        (self.kind == Kind::SdJwt).then(read)
    }

    fn to_python(&self) -> Option<Value> {
        let token = &self.changed.token;
        Some(match self.kind {
            Kind::Jws => {
                json!({ "do": "read-jws", "token": token, "key": key_of(self.changed.algorithm).to_private_jwk() })
            }
            Kind::Jwe => json!({ "do": "read-jwe", "token": token, "key": world().receiver.to_jwk() }),
            Kind::SdJwt => {
                let issuer = world().issuer.to_private_jwk();
                json!({ "do": "read-sd-jwt", "token": token, "issuer": issuer, "audience": AUDIENCE, "nonce": NONCE })
            }
            Kind::Mdoc => json!({ "do": "read-mdoc", "token": token, "root": hex(world().root.der()) }),
        })
    }

    fn to_isomdl(&self) -> Option<Value> {
        let ask = || json!({ "do": "read-mdoc", "token": self.changed.token, "session": hex(session().as_bytes()) });
        (self.kind == Kind::Mdoc).then(ask)
    }
}

type Verdicts = Vec<Option<Verdict>>;

/// The parties by name, each with its verdicts in the order of `cases`; none where it does not read the kind.
pub fn verdicts(cases: &[Case]) -> Vec<(&'static str, Verdicts)> {
    let all = |judge: fn(&Case) -> Option<Verdict>| move || cases.iter().map(judge).collect::<Verdicts>();
    let (python, mut others) = std::thread::scope(|scope| {
        let python = scope.spawn(|| asked(&PYTHON, cases, Case::to_python));
        let others = [
            ("isomdl", scope.spawn(|| asked(&ISOMDL, cases, Case::to_isomdl))),
            ("jsonwebtoken", scope.spawn(all(Case::jsonwebtoken))),
            ("sd-jwt-payload", scope.spawn(all(Case::sd_jwt_payload))),
        ];
        let others = others.map(|(name, thread)| (name, thread.join().expect("it answers")));
        (python.join().expect("it answers"), Vec::from(others))
    });
    let names = [("jwcrypto", &[Kind::Jws, Kind::Jwe][..]), ("sd-jwt", &[Kind::SdJwt]), ("pymdoccbor", &[Kind::Mdoc])];
    for (name, kinds) in names {
        let own = |(case, verdict): (&Case, &Option<Verdict>)| verdict.clone().filter(|_| kinds.contains(&case.kind));
        others.push((name, cases.iter().zip(&python).map(own).collect()));
    }
    others
}

fn asked(program: &Program, cases: &[Case], ask: fn(&Case) -> Option<Value>) -> Verdicts {
    let mut requests: Vec<Option<Value>> = cases.iter().map(ask).collect();
    requests.iter_mut().flatten().for_each(|request| request["verdict"] = true.into());
    let present: Vec<Value> = requests.iter().flatten().cloned().collect();
    let mut answers = program.ask(&present).into_iter();
    let verdict =
        |request: &Option<Value>| request.as_ref().and_then(|_| answers.next()).map(|answer| answer.map(drop));
    requests.iter().map(verdict).collect()
}
