//! A throw-away PostgreSQL server for tests: one per test program, an empty schema per test, gone with the program.
//!
//! The server listens on a socket in a folder of its own. A small shell script starts it and waits for the end of its
//! standard input, which comes when the test program ends, in whatever way; then it stops the server and removes
//! everything.

use std::env;
use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::{AssertSqlSafe, Connection, PgConnection};
use thiserror::Error;

/// Why there is no server to test with.
#[derive(Debug, Error)]
pub enum TestPostgresError {
    /// PostgreSQL is not installed.
    #[error("PostgreSQL is not installed: apt-get install postgresql")]
    Missing,
    /// The server did not start; its own words are on standard error.
    #[error("PostgreSQL did not start")]
    NotStarted,
    /// The server refused us.
    #[error("PostgreSQL refused to make a schema")]
    Refused(#[from] sqlx::Error),
}

/// The address of an empty schema on this program's server, which is started when first asked for.
///
/// # Errors
/// See [`TestPostgresError`]; a test should fail with its text.
pub async fn fresh_address() -> Result<String, TestPostgresError> {
    static SERVER: OnceLock<Result<Server, TestPostgresError>> = OnceLock::new();
    static SCHEMAS: AtomicU32 = AtomicU32::new(0);
    let server = SERVER.get_or_init(Server::start).as_ref().map_err(|error| match error {
        TestPostgresError::Missing => TestPostgresError::Missing,
        _ => TestPostgresError::NotStarted,
    })?;
    let schema = format!("test_{}", SCHEMAS.fetch_add(1, Ordering::Relaxed));
    let mut connection = PgConnection::connect(&server.address()).await?;
    sqlx::query(AssertSqlSafe(format!("CREATE SCHEMA {schema}"))).execute(&mut connection).await?;
    connection.close().await?;
    Ok(format!("{}&options=-c%20search_path%3D{schema}", server.address()))
}

struct Server {
    folder: String,
    /// Closed when this program ends, which ends the server.
    _alive: ChildStdin,
}

impl Server {
    fn start() -> Result<Self, TestPostgresError> {
        let binaries = binaries().ok_or(TestPostgresError::Missing)?;
        let mut command = unprivileged_shell();
        command.args(["-c", SCRIPT, "sh"]).arg(&binaries);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).current_dir("/");
        // A group of its own, so that an interrupt at the terminal reaches the program first.
        let mut shell: Child = command.process_group(0).spawn().map_err(|_| TestPostgresError::NotStarted)?;
        let (Some(alive), Some(output)) = (shell.stdin.take(), shell.stdout.take()) else {
            return Err(TestPostgresError::NotStarted);
        };
        let mut folder = String::new();
        BufReader::new(output).read_line(&mut folder).map_err(|_| TestPostgresError::NotStarted)?;
        match folder.trim_end() {
            "" => Err(TestPostgresError::NotStarted),
            folder => Ok(Self { folder: folder.to_owned(), _alive: alive }),
        }
    }

    fn address(&self) -> String {
        format!("postgres://mibun@localhost/postgres?host={}", self.folder)
    }
}

/// PostgreSQL refuses to run as root; its package brings a user for it.
fn unprivileged_shell() -> Command {
    let root = fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0);
    if !root {
        return Command::new("sh");
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--init-groups", "sh"]);
    command
}

/// The newest server Debian's packages installed, else the one on the search path.
fn binaries() -> Option<PathBuf> {
    let packaged = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let versions = packaged.filter_map(|entry| Some((entry.file_name().to_str()?.parse::<u32>().ok()?, entry.path())));
    let mut folders: Vec<_> = versions.map(|(version, path)| (version, path.join("bin"))).collect();
    folders.sort();
    let on_path = env::var_os("PATH").map(|path| env::split_paths(&path).collect::<Vec<_>>()).unwrap_or_default();
    let candidates = folders.into_iter().rev().map(|(_, path)| path).chain(on_path);
    candidates.into_iter().find(|folder| is_server(folder))
}

fn is_server(folder: &Path) -> bool {
    folder.join("initdb").is_file() && folder.join("postgres").is_file()
}

const SCRIPT: &str = r#"
set -eu
binaries=$1
folder=$(mktemp -d "${TMPDIR:-/tmp}/mibun-postgres.XXXXXX")
trap 'rm -rf "$folder"' EXIT
"$binaries/initdb" -D "$folder/data" -U mibun -A trust -E UTF8 --locale=C >"$folder/log" 2>&1 || {
    cat "$folder/log" >&2
    exit 1
}
"$binaries/postgres" -D "$folder/data" -k "$folder" -c listen_addresses= -c max_connections=300 >>"$folder/log" 2>&1 &
server=$!
trap 'kill -INT "$server" 2>/dev/null; wait "$server"; rm -rf "$folder"' EXIT
until "$binaries/pg_isready" -q -h "$folder"; do
    kill -0 "$server" || { cat "$folder/log" >&2; exit 1; }
    sleep 0.05
done
echo "$folder"
exec >/dev/null
cat
"#;
