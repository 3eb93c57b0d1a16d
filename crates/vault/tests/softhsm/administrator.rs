//! Who may do to a token what happens to tokens.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::session::{Session, UserType};
use cryptoki::slot::Slot;
use cryptoki::types::AuthPin;
use mibun_vault::softhsm::{OFFICER_PIN, PIN, library};
use mibun_vault::{Pin, Pkcs11Config, Pkcs11Vault};

/// One token, through another door than the vault's.
pub(crate) struct Administrator {
    label: String,
    /// Where SoftHSM keeps it.
    folder: PathBuf,
}

impl Administrator {
    /// A new token without keys, made in this process: SoftHSM looks for others' only when it is initialised.
    pub(crate) fn new_token() -> Self {
        static MADE: AtomicU32 = AtomicU32::new(0);
        Self::labelled(&format!("token {}", MADE.fetch_add(1, Ordering::Relaxed)))
    }

    pub(crate) fn labelled(label: &str) -> Self {
        let before = folders();
        let context = context();
        let slots = context.get_slots_with_token().expect("slots");
        let blank = |slot: &Slot| context.get_token_info(*slot).is_ok_and(|info| !info.token_initialized());
        let slot = slots.into_iter().find(blank).expect("SoftHSM always has one more");
        context.init_token(slot, &pin(OFFICER_PIN), label).expect("the token is made");
        let session = context.open_rw_session(slot).expect("a session");
        session.login(UserType::So, Some(&pin(OFFICER_PIN))).expect("the officer is in");
        session.init_pin(&pin(PIN)).expect("the user has a PIN");
        let folder = folders().difference(&before).next().expect("it has a folder").clone();
        Self { label: label.to_owned(), folder }
    }

    pub(crate) fn config(&self) -> Pkcs11Config {
        Self::config_of(&self.label)
    }

    pub(crate) fn config_of(label: &str) -> Pkcs11Config {
        Pkcs11Config::new(library().expect("installed"), label, Pin::new(PIN).expect("a PIN"))
    }

    /// A vault on the token, whose keys are made if it has none.
    pub(crate) fn vault(&self) -> Pkcs11Vault {
        Pkcs11Vault::init(&self.config()).expect("the keys are there");
        Pkcs11Vault::open(&self.config()).expect("the vault opens")
    }

    /// A session that is logged in, if anybody of this process is.
    pub(crate) fn session(&self) -> Session {
        context().open_rw_session(self.slot()).expect("a session")
    }

    /// Logs this whole process out, as a module does that was reset.
    pub(crate) fn log_out(&self) {
        self.session().logout().expect("somebody was in");
    }

    /// The token's PIN from now on; nobody may be logged in.
    pub(crate) fn change_pin(&self, old: &str, new: &str) {
        self.session().set_pin(&pin(old), &pin(new)).expect("the PIN is changed");
    }

    /// Takes the token away.
    pub(crate) fn remove(&self) {
        fs::rename(&self.folder, self.elsewhere()).expect("moved");
    }

    /// Puts it back.
    pub(crate) fn put_back(&self) {
        fs::rename(self.elsewhere(), &self.folder).expect("moved back");
    }

    fn elsewhere(&self) -> PathBuf {
        let name = self.folder.file_name().expect("a token's folder has a name");
        tokens().with_file_name("removed").join(name)
    }

    fn slot(&self) -> Slot {
        let context = context();
        let slots = context.get_slots_with_token().expect("slots");
        let ours = |slot: &Slot| context.get_token_info(*slot).is_ok_and(|info| info.label() == self.label);
        slots.into_iter().find(ours).expect("the token is there")
    }
}

pub(crate) fn pin(text: &str) -> AuthPin {
    AuthPin::new(text.into())
}

/// The same library as the vault's, by a handle of its own.
fn context() -> &'static Pkcs11 {
    static CONTEXT: OnceLock<Pkcs11> = OnceLock::new();
    CONTEXT.get_or_init(|| {
        fs::create_dir(tokens().with_file_name("removed")).expect("a place for what is removed");
        let context = Pkcs11::new(library().expect("installed")).expect("it loads");
        // Fails when a vault came first, which is as good.
        let _ = context.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK));
        context
    })
}

fn tokens() -> PathBuf {
    std::env::var_os(super::TOKENS).map(PathBuf::from).expect("this process was started with it")
}

fn folders() -> BTreeSet<PathBuf> {
    let entries = fs::read_dir(tokens()).expect("the folder is readable");
    entries.map(|entry| entry.expect("the entry is readable").path()).collect()
}
