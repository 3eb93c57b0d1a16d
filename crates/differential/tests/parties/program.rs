//! Parties that are programs of their own: a request a line, an answer a line.

use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

/// What a party made or read, or why it refused.
pub type Answer = Result<Value, String>;

/// A party, and where `cargo xtask parties` puts it.
pub struct Program {
    variable: &'static str,
    place: &'static str,
    arguments: &'static [&'static str],
}

/// `sd-jwt`, `jwcrypto` and `pymdoccbor` from the Python Package Index.
pub const PYTHON: Program = Program {
    variable: "MIBUN_PYTHON",
    place: ".mibun/python/bin/python",
    arguments: &[concat!(env!("CARGO_MANIFEST_DIR"), "/tests/parties/python/party.py")],
};

/// `isomdl` from crates.io.
pub const ISOMDL: Program =
    Program { variable: "MIBUN_ISOMDL", place: "target/isomdl/debug/isomdl-party", arguments: &[] };

impl Program {
    /// The answers to `requests`, in their order, of one process.
    ///
    /// # Panics
    /// When the program is not there or does not answer every request.
    pub fn ask(&self, requests: &[Value]) -> Vec<Answer> {
        let mut child = self.start();
        let input = child.stdin.take().expect("it was asked for");
        let output = child.stdout.take().expect("it was asked for");
        let answers: Vec<Answer> = std::thread::scope(|scope| {
            scope.spawn(move || {
                let mut input = BufWriter::new(input);
                // A program that ends early is seen by the number of its answers.
                let _ = requests.iter().try_for_each(|request| writeln!(input, "{request}"));
            });
            BufReader::new(output).lines().map(|line| read(&line.expect("answers are text"))).collect()
        });
        let status = child.wait().expect("the program was started");
        assert!(status.success() && answers.len() == requests.len(), "{}: {status}", self.variable);
        answers
    }

    /// What the party makes or reads; its refusal fails the test.
    #[track_caller]
    pub fn must(&self, request: Value) -> Value {
        let answer = self.ask(std::slice::from_ref(&request)).remove(0);
        answer.unwrap_or_else(|why| panic!("{} refuses {}: {why}", self.variable, request["do"]))
    }

    /// The same where the answer is text.
    #[track_caller]
    pub fn text(&self, request: Value) -> String {
        self.must(request).as_str().expect("text").to_owned()
    }

    fn start(&self) -> Child {
        let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
        let program = std::env::var_os(self.variable).map_or_else(|| root.join(self.place), PathBuf::from);
        let started = Command::new(&program).args(self.arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        started.unwrap_or_else(|error| {
            panic!("{}: {error}: `cargo xtask parties` makes it; {} may name another", program.display(), self.variable)
        })
    }
}

fn read(line: &str) -> Answer {
    let answer: Value = serde_json::from_str(line).expect("answers are JSON");
    match (answer.get("value"), answer["refused"].as_str()) {
        (Some(value), None) => Ok(value.clone()),
        (_, why) => Err(why.expect("an answer is a value or a refusal").to_owned()),
    }
}

/// Bytes for a request.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
