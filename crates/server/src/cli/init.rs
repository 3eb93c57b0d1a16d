//! `mibun init`: the master key, the database, the authority's keys; with `--demo`, also a hotel and an officer.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use mibun_trust::Texts;

use super::{Outcome, out};
use crate::app::App;
use crate::authority::AuthorityKeys;
use crate::boot;
use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::entropy::SystemEntropy;
use crate::safe::{Safe, write_new};
use crate::vault;
use crate::work::{officers, windows};

/// Arguments of `mibun init`.
#[derive(Debug, Args)]
pub(super) struct Init {
    /// Also make a hotel with a window and an officer, and write how to sign in to `access.txt` beside the master key.
    #[arg(long)]
    demo: bool,
}

impl Init {
    pub(super) fn run(self, config: &Path) -> Outcome {
        let config = Config::load(config, std::env::vars())?;
        super::block_on(async move {
            let mut entropy = SystemEntropy::new();
            if !config.storage.master_key.exists() {
                Safe::create_file(&config.storage.master_key, &mut entropy)?;
                out::line(&format!("master key: {} (back it up)", config.storage.master_key.display()));
            }
            let safe = Safe::open_file(&config.storage.master_key)?;
            let registry = boot::open_registry(&config).await?;
            AuthorityKeys::create(&*registry, &safe, &config, SystemClock.now(), &mut entropy).await?;
            out::line("authority: root, document signer and status signer made");
            vault::open_or_make(&config, &*registry).await?;
            out::line(&format!("vault: {} (back it up)", vault::describe(&config)));
            if self.demo {
                let app = boot::with(config, Arc::new(SystemClock), registry, safe).await?;
                make_demo(&app).await?;
            }
            Ok(ExitCode::SUCCESS)
        })
    }
}

/// A hotel that may use every scene, its window, and an officer; all secrets drawn now.
async fn make_demo(app: &App) -> Result<(), Box<dyn std::error::Error>> {
    let scenes: Vec<String> = app.scenes.keys().map(ToString::to_string).collect();
    let names = Texts::fixed("Utopia Grand Hotel", "ユートピアグランドホテル", "乌托邦大酒店");
    let hotel = windows::add_organisation(app, names, &scenes).await?;
    let window = windows::add_window(app, hotel, "Front desk", &scenes).await?;
    let password = app.entropy().token(15);
    let officer = officers::add(app, "officer", &password).await?;
    let access = format!(
        "Start page      {start}\n\
         Wallet          {wallet}\n\
         Hotel window    {window_page}#window={id}&secret={secret}\n\
         Console         {console}\n\
         \x20 name          officer\n\
         \x20 password      {password}\n\
         \x20 authenticator {totp}\n\
         \x20               {uri}\n",
        start = app.url("/"),
        wallet = app.url("/wallet/"),
        window_page = app.url("/window/"),
        id = window.id,
        secret = window.secret,
        console = app.url("/console/"),
        totp = officer.totp_secret,
        uri = officer.provisioning_uri,
    );
    let file = app.config.storage.master_key.with_file_name("access.txt");
    write_new(&file, access.as_bytes())?;
    Ok(())
}
