//! Tries of the ID password are counted before they are answered, whatever becomes of the server meanwhile: the real
//! program, killed while tries are under way, again and again.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use mibun_crypto::base64url;
use mibun_crypto::key::SoftwareKey;
use mibun_crypto::opaque::Login;
use mibun_proofing::device_proof::{Context, Purpose, make};
use mibun_server::entropy::SystemEntropy;
use mibun_wallet::clock::{Clock, SystemClock};
use serde_json::{Value, json};

use crate::support::Town;
use crate::support::holders::WRONG;
use crate::support::issuing::key;

/// Kills and starts.
const ROUNDS: usize = 6;
/// Tries of a round, all at once.
const AT_ONCE: usize = 8;
/// Tries that are answered before the first wait, which is longer than this test.
const ALLOWED: usize = 3;

/// The server as a program of its own; killed when dropped.
struct Program(Child);

impl Program {
    fn start(configuration: &str) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mibun"));
        let command = command.args(["--config", configuration, "serve"]).stdout(Stdio::null()).stderr(Stdio::null());
        Self(command.spawn().expect("the server starts"))
    }
}

impl Drop for Program {
    /// `SIGKILL`: nothing is written any more.
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A wallet that guesses.
struct Guesser {
    base: String,
    http: reqwest::Client,
    device: SoftwareKey,
}

impl Guesser {
    async fn is_served(&self) {
        for _ in 0..200 {
            if self.http.get(format!("{}/healthz", self.base)).send().await.is_ok() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the server does not answer");
    }

    async fn nonce(&self) -> Option<String> {
        let reply = self.http.post(format!("{}/nonce", self.base)).send().await.ok()?;
        let reply: Value = reply.json().await.ok()?;
        reply["c_nonce"].as_str().map(str::to_owned)
    }

    /// One try; the status of its answer, if it came to one.
    async fn guesses(&self) -> Option<u16> {
        let (_, request) = Login::start(WRONG.as_bytes(), &mut SystemEntropy::new()).expect("a login");
        let nonce = self.nonce().await?;
        let now = SystemClock.now();
        let context = Context { purpose: Purpose::SignIn, authority: &self.base, over: &request, now };
        let proof = make(&context, &nonce, &self.device).expect("the device signs");
        let body = json!({ "proof": proof, "request": base64url::encode(&request) });
        let reply = self.http.post(format!("{}/api/holder/login/start", self.base)).json(&body).send().await.ok()?;
        Some(reply.status().as_u16())
    }

    /// Tries at once, and a kill in the midst of them, later from round to round; how many were answered.
    async fn round(&self, configuration: &str, round: usize) -> usize {
        let program = Program::start(configuration);
        self.is_served().await;
        let tries = futures_util::future::join_all((0..AT_ONCE).map(|_| self.guesses()));
        let killed = async {
            tokio::time::sleep(Duration::from_millis(10 + 15 * round as u64)).await;
            drop(program);
        };
        let (answers, ()) = tokio::join!(tries, killed);
        answers.into_iter().flatten().filter(|status| *status == 200).count()
    }
}

fn configuration(town: &Town) -> String {
    let folder = std::path::PathBuf::from(town.database()).with_file_name("");
    let (path, server) = (folder.display(), &town.app.config.server);
    let text = format!(
        "[server]\nlisten = \"{}\"\npublic_url = \"{}\"\n[storage]\nurl = \"sqlite:{path}/mibun.db\"\n\
         master_key = \"{path}/master.key\"\n[authority]\nname = {{ en = \"Utopia Civil Registry\" }}\n\
         country = \"UT\"\n[face]\nmodels_dir = \"{path}/models\"\n",
        server.listen, server.public_url
    );
    let file = folder.join("program.toml");
    std::fs::write(&file, text).expect("a file");
    file.display().to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_in_the_midst_of_tries_the_server_answers_no_more_of_them_than_allowed() {
    let town = Town::open().await;
    let (token, device) = (town.full_token().await, key());
    town.registered(&token, &device).await;
    let (file, base) = (configuration(&town), town.app.config.server.public_url.clone());
    let http = reqwest::Client::builder().timeout(Duration::from_secs(10)).build().expect("a client");
    let guesser = Guesser { base, http, device };
    let mut answered = 0;
    let rounds = async {
        for round in 0..ROUNDS {
            answered += guesser.round(&file, round).await;
        }
        // Nobody kills this one: it knows what the others counted.
        let program = Program::start(&file);
        guesser.is_served().await;
        let after = futures_util::future::join_all((0..AT_ONCE).map(|_| guesser.guesses())).await;
        answered += after.iter().flatten().filter(|status| **status == 200).count();
        assert!(after.contains(&Some(429)), "the wait has outlived the kills: {after:?}");
        drop(program);
    };
    let runtime = tokio::runtime::Handle::current();
    let town = town.restart_after(|| tokio::task::block_in_place(|| runtime.block_on(rounds))).await;
    assert!((1..=ALLOWED).contains(&answered), "{answered} tries were answered, {ALLOWED} are allowed");
    town.stop().await;
}
