//! Both halves of the ID password at the end of a pipe, for the tests with the browser's half: one command per line in,
//! one answer per line out, both JSON, bytes in base64url. Every random value comes from the `seed` of its command.

use std::io::{self, BufRead, Write};

use mibun_crypto::base64url;
use mibun_crypto::entropy::SeededEntropy;
use mibun_crypto::key::{Jwk, PublicKey};
use mibun_crypto::opaque::{Login, OpaqueError, PasswordRecord, PendingLogin, Registration, ServerSetup, SessionKey};
use mibun_crypto::time::Timestamp;
use mibun_proofing::instruction::{Expected, Instruction, InstructionKey, Refusal, SigningInput, Subject, verify};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// Why there is no answer.
#[derive(Debug)]
enum Failure {
    /// The command is not one of ours: the test's fault.
    Command(&'static str),
    /// The exchange refused.
    Opaque(OpaqueError),
    /// The instruction was refused.
    Instruction(Refusal),
}

impl From<OpaqueError> for Failure {
    fn from(error: OpaqueError) -> Self {
        Self::Opaque(error)
    }
}

/// What the client keeps between two commands.
#[derive(Default)]
struct Client {
    registration: Option<Registration>,
    login: Option<Login>,
}

/// One line of input.
struct Command(Value);

impl Command {
    fn text(&self, name: &'static str) -> Result<&str, Failure> {
        self.0[name].as_str().ok_or(Failure::Command(name))
    }

    fn bytes(&self, name: &'static str) -> Result<Vec<u8>, Failure> {
        base64url::decode(self.text(name)?).map_err(|_| Failure::Command(name))
    }

    fn entropy(&self) -> Result<SeededEntropy, Failure> {
        Ok(SeededEntropy::new(self.bytes("seed")?))
    }

    fn setup(&self) -> Result<ServerSetup, Failure> {
        Ok(ServerSetup::from_bytes(&self.bytes("setup")?)?)
    }

    fn read<T: DeserializeOwned>(&self, name: &'static str) -> Result<T, Failure> {
        serde_json::from_value(self.0[name].clone()).map_err(|_| Failure::Command(name))
    }

    fn key(&self, name: &'static str) -> Result<PublicKey, Failure> {
        let jwk = Jwk::from_value(&self.0[name]).map_err(|_| Failure::Command(name))?;
        PublicKey::from_jwk(&jwk).map_err(|_| Failure::Command(name))
    }
}

fn main() -> io::Result<()> {
    let mut client = Client::default();
    let mut out = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        let command = Command(serde_json::from_str(&line?).unwrap_or_default());
        let answer = obey(&command, &mut client).unwrap_or_else(|failure| match failure {
            Failure::Command(name) => json!({ "misunderstood": name }),
            Failure::Opaque(error) => json!({ "refused": format!("{error:?}") }),
            Failure::Instruction(refusal) => json!({ "refused": format!("{refusal:?}") }),
        });
        writeln!(out, "{answer}")?;
        out.flush()?;
    }
    Ok(())
}

fn obey(command: &Command, client: &mut Client) -> Result<Value, Failure> {
    match command.text("do")? {
        "setup" => {
            let setup = ServerSetup::generate(&mut command.entropy()?);
            Ok(json!({ "setup": text(&setup.to_bytes()), "server_key": text(&setup.public_key()) }))
        }
        "answer_registration" => {
            let credential = command.text("credential")?.as_bytes();
            let response = command.setup()?.answer_registration(credential, &command.bytes("request")?)?;
            Ok(json!({ "response": text(&response) }))
        }
        "answer_login" => answer_login(command),
        "finish_login" => {
            let pending = PendingLogin::from_bytes(&command.bytes("pending")?)?;
            Ok(session(&pending.finish(&command.bytes("finalization")?)?))
        }
        "follow" => follow(command),
        _ => obey_as_client(command, client),
    }
}

fn answer_login(command: &Command) -> Result<Value, Failure> {
    let record = match &command.0["record"] {
        Value::Null => None,
        _ => Some(PasswordRecord::from_bytes(&command.bytes("record")?)?),
    };
    let (credential, request) = (command.text("credential")?.as_bytes(), command.bytes("request")?);
    let setup = command.setup()?;
    let answer = setup.answer_login(credential, record.as_ref(), &request, &mut command.entropy()?)?;
    Ok(json!({ "response": text(&answer.response), "pending": text(&answer.pending.to_bytes()) }))
}

fn obey_as_client(command: &Command, client: &mut Client) -> Result<Value, Failure> {
    let mut entropy = command.entropy()?;
    let password = command.text("password")?.as_bytes();
    match command.text("do")? {
        "start_registration" => {
            let (registration, request) = Registration::start(password, &mut entropy)?;
            client.registration = Some(registration);
            Ok(json!({ "request": text(&request) }))
        }
        "finish_registration" => {
            let registration = client.registration.take().ok_or(Failure::Command("do"))?;
            let done = registration.finish(password, &command.bytes("response")?, &mut entropy)?;
            Ok(json!({ "record": text(&done.record), "server_key": text(&done.server_key) }))
        }
        "start_login" => {
            let (login, request) = Login::start(password, &mut entropy)?;
            client.login = Some(login);
            Ok(json!({ "request": text(&request) }))
        }
        "finish_own_login" => {
            let login = client.login.take().ok_or(Failure::Command("do"))?;
            let done = login.finish(password, &command.bytes("response")?, &mut entropy)?;
            let key = text(done.session_key.expose());
            Ok(json!({ "finalization": text(&done.finalization), "session_key": key }))
        }
        _ => Err(Failure::Command("do")),
    }
}

/// Follows an instruction under the key of an exchange.
fn follow(command: &Command) -> Result<Value, Failure> {
    let key: [u8; 64] = command.bytes("session_key")?.try_into().map_err(|_| Failure::Command("session_key"))?;
    let subject: Subject = command.read("subject")?;
    let instruction: Instruction = command.read("instruction")?;
    let expected = Expected {
        subject: &subject,
        key: &command.key("key")?,
        device: &command.key("device")?,
        mac_key: &InstructionKey::of(&SessionKey::from_bytes(&key)),
        now: Timestamp(command.read("now")?),
    };
    let to_sign = verify(&instruction, &expected).and_then(|unspent| unspent.spend(true));
    Ok(match to_sign.map_err(Failure::Instruction)?.signing_input {
        SigningInput::Jws(input) => json!({ "signing_input": input }),
        SigningInput::Cose(bytes) => json!({ "to_be_signed": text(&bytes) }),
    })
}

fn session(key: &SessionKey) -> Value {
    json!({ "session_key": text(key.expose()) })
}

fn text(bytes: &[u8]) -> String {
    base64url::encode(bytes)
}
