//! What an operator types, and what the terminal says.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use crate::support::Town;

/// A folder of one installation that no server runs over.
struct Place {
    folder: PathBuf,
    port: u16,
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl Place {
    /// Beside a town whose server runs on the port that this one is configured for.
    fn beside(town: &Town, more: &str) -> Self {
        let folder = PathBuf::from(format!("{}-command", town.database()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let place = Self { folder, port: town.app.config.server.listen.port() };
        place.write("mibun.toml", &place.config(more));
        place
    }

    fn config(&self, more: &str) -> String {
        let (folder, port) = (self.folder.display(), self.port);
        format!(
            "[server]\nlisten = \"127.0.0.1:{port}\"\npublic_url = \"http://localhost:{port}\"\n{more}\n\
             [storage]\nurl = \"sqlite:{folder}/mibun.db\"\nmaster_key = \"{folder}/master.key\"\n\
             [authority]\nname = {{ en = \"Utopia Civil Registry\" }}\ncountry = \"UT\"\n"
        )
    }

    fn write(&self, name: &str, text: &str) -> String {
        let file = self.folder.join(name);
        std::fs::write(&file, text).expect("a file");
        file.display().to_string()
    }

    fn path(&self, name: &str) -> String {
        self.folder.join(name).display().to_string()
    }

    fn mibun(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mibun"));
        command.args(["--config", &self.path("mibun.toml")]).args(arguments).output().expect("it runs")
    }

    fn initialised(self) -> Self {
        let init = self.mibun(&["init"]);
        assert!(init.status.success(), "{}", said(&init));
        self
    }

    /// What an import of this table says, after it ended with this code.
    fn import(&self, table: &str, code: i32) -> String {
        let table = self.write("people.csv", table);
        std::fs::create_dir_all(self.folder.join("portraits")).expect("a folder");
        let run = self.mibun(&["register", "import", &table, "--portraits", &self.path("portraits")]);
        assert_eq!(run.status.code(), Some(code), "{}", said(&run));
        said(&run)
    }
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

const HEADER: &str = "number,family_name,given_name,birthdate,sex,nationality,document_valid_until,portrait";

#[tokio::test]
async fn a_taken_port_is_named_before_anything_else_is_said() {
    let town = Town::open().await;
    let place = Place::beside(&town, "").initialised();
    let run = place.mibun(&["serve"]);
    assert!(!run.status.success());
    assert_eq!(String::from_utf8_lossy(&run.stdout), "", "no address of a server that does not serve");
    let error = String::from_utf8_lossy(&run.stderr).into_owned();
    assert!(error.contains(&format!("127.0.0.1:{}", place.port)) && error.contains("server.listen"), "{error}");
}

#[tokio::test]
async fn the_log_in_a_file_has_no_colours() {
    let town = Town::open().await;
    let place = Place::beside(&town, "metrics_listen = \"127.0.0.1:0\"").initialised();
    let mut run = Command::new(env!("CARGO_BIN_EXE_mibun"))
        .args(["--config", &place.path("mibun.toml"), "serve"])
        .env("MIBUN_LOG", "info")
        .env("MIBUN__SERVER__LISTEN", "127.0.0.1:0")
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it runs");
    let lines = BufReader::new(run.stderr.take().expect("a log")).lines();
    let line = lines.map(|line| line.expect("a line")).find(|line| line.contains("face models"));
    run.kill().expect("it ends");
    run.wait().expect("it ended");
    let line = line.expect("which face models there are is logged at every start");
    assert!(line.contains("INFO") && !line.contains('\u{1b}'), "{line}");
}

#[tokio::test]
async fn doctor_reads_the_servers_certificate_and_key() {
    let town = Town::open().await;
    let tls = "tls = { certificate = \"/nowhere/chain.pem\", key = \"/nowhere/key.pem\" }";
    let place = Place::beside(&town, tls).initialised();
    let run = place.mibun(&["doctor"]);
    assert_eq!(run.status.code(), Some(1), "{}", said(&run));
    let text = said(&run);
    assert!(text.contains("BAD  TLS: server.tls.certificate: /nowhere/chain.pem"), "{text}");
    assert!(text.contains(&format!("server.listen: 127.0.0.1:{} is in use", place.port)), "{text}");
}

#[tokio::test]
async fn a_missing_table_is_named() {
    let town = Town::open().await;
    let place = Place::beside(&town, "").initialised();
    let run = place.mibun(&["register", "import", "/nowhere/people.csv", "--portraits", &place.path("")]);
    assert!(!run.status.success());
    assert!(said(&run).contains("/nowhere/people.csv"), "{}", said(&run));
}

#[tokio::test]
async fn a_report_that_cannot_be_written_is_found_before_the_import() {
    let town = Town::open().await;
    let place = Place::beside(&town, "").initialised();
    let table = place.write("people.csv", &format!("{HEADER}\n"));
    let folder = place.path("");
    let run = place.mibun(&["register", "import", &table, "--portraits", &folder, "--report", "/nowhere/report.csv"]);
    assert!(!run.status.success());
    let text = said(&run);
    assert!(text.contains("/nowhere/report.csv") && !text.contains("people added"), "{text}");
}

#[tokio::test]
async fn a_wrong_column_is_named_once_and_nobody_is_added() {
    let town = Town::open().await;
    let place = Place::beside(&town, "").initialised();
    let table = format!("{},gender\nA,B,C,1990-01-01,1,JP,2030-01-01,a.jpg,x\n", HEADER);
    let text = place.import(&table, 1);
    assert!(text.contains("unknown column `gender`") && !text.contains("line 2"), "{text}");
    let text = place.import(&format!("{}\n", HEADER.replace(",birthdate", "")), 1);
    assert!(text.contains("the column `birthdate` is missing"), "{text}");
}

#[tokio::test]
async fn a_wrong_value_is_refused_by_the_name_of_its_column() {
    let town = Town::open().await;
    let place = Place::beside(&town, "").initialised();
    let table = format!(
        "{HEADER}\nAB000001,Aoki,Ken,1990-01-01,male,JP,2030-01-01,a.jpg\n\
         AB000002,Aoki,Ken,1.1.1990,1,JP,2030-01-01,a.jpg\nAB000003,Aoki,Ken,1990-01-01,1,JP\n"
    );
    let text = place.import(&table, 3);
    assert!(text.contains("line 2: sex: must be 0, 1, 2 or 9"), "{text}");
    assert!(text.contains("line 3: birthdate: write YYYY-MM-DD"), "{text}");
    assert!(text.contains("line 4: the row has 6 values, the header 8 columns"), "{text}");
    assert!(!text.contains("male"), "the row's own words are somebody's data: {text}");
}

#[tokio::test]
async fn after_a_restore_status_lists_are_closed_by_a_command() {
    let town = Town::open().await;
    town.holder().await;
    assert_eq!(town.counts().await.lists.len(), 1);
    let config = format!("{}.toml", town.database());
    let server = &town.app.config.server;
    let text = format!(
        "[server]\nlisten = \"{}\"\npublic_url = \"{}\"\n[storage]\nurl = \"sqlite:{}\"\nmaster_key = \"{}\"\n\
         [authority]\nname = {{ en = \"Utopia Civil Registry\" }}\ncountry = \"UT\"\n",
        server.listen,
        server.public_url,
        town.database(),
        town.app.config.storage.master_key.display(),
    );
    std::fs::write(&config, text).expect("a file");
    let close = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mibun"));
        let run = command.args(["--config", &config, "status", "new-epoch"]).output().expect("it runs");
        assert!(run.status.success() && said(&run).contains("1 status lists closed"), "{}", said(&run));
    };
    let town = town.restart_after(close).await;
    town.holder().await;
    let lists = town.counts().await.lists;
    assert_eq!(lists.len(), 2, "the next card opened a fresh list: {lists:?}");
}
