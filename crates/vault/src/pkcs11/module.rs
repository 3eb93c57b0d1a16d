//! The vendor's library: loaded and initialised once per process, started again when it lost its module.
//!
//! Initialising and finalising while another thread is inside crashes libraries, and one process has one state per
//! library, whoever asked for it. So all vaults of a process share what is here, and pass a gate: any number may be
//! inside, or one alone.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error, RvError};

use crate::{OpenError, Outage};

/// How long one waits for others to leave, or for one alone to be done.
const PATIENCE: Duration = Duration::from_secs(2);

static LOADED: Mutex<BTreeMap<PathBuf, Arc<Module>>> = Mutex::new(BTreeMap::new());

/// One library.
pub(super) struct Module {
    context: Pkcs11,
    gate: Mutex<Gate>,
    changed: Condvar,
}

struct Gate {
    inside: u32,
    alone: bool,
    /// How often the library was started. Handles of an earlier epoch mean nothing, or something else.
    epoch: u64,
}

impl Module {
    /// The library at `path`, initialised. It stays loaded until the process ends.
    pub(super) fn load(path: &Path) -> Result<Arc<Self>, OpenError> {
        let path = path.canonicalize().map_err(|source| OpenError::File { path: path.to_owned(), source })?;
        let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(module) = loaded.get(&path) {
            return Ok(module.clone());
        }
        let failed = |source| OpenError::Module { path: path.clone(), source };
        let context = Pkcs11::new(&path).map_err(failed)?;
        initialise(&context).map_err(failed)?;
        let gate = Mutex::new(Gate { inside: 0, alone: false, epoch: 0 });
        let module = Arc::new(Self { context, gate, changed: Condvar::new() });
        loaded.insert(path, module.clone());
        Ok(module)
    }

    /// Passes the gate, beside others.
    pub(super) fn enter(&self) -> Result<Entered<'_>, Outage> {
        let (mut gate, _) = self
            .changed
            .wait_timeout_while(self.gate(), PATIENCE, |gate| gate.alone)
            .unwrap_or_else(PoisonError::into_inner);
        if gate.alone {
            return Err(Outage::Restarting);
        }
        gate.inside += 1;
        Ok(Entered { module: self, epoch: gate.epoch })
    }

    /// Does `work` while nobody else is inside; it may move the epoch on.
    pub(super) fn alone(&self, work: impl FnOnce(&mut u64)) -> Result<(), Outage> {
        let mut gate = self.gate();
        if gate.alone {
            return Err(Outage::Restarting);
        }
        gate.alone = true;
        // From here on nobody enters, and whatever happens the gate opens again.
        let _opened = Alone(self);
        let waited = self.changed.wait_timeout_while(gate, PATIENCE, |gate| gate.inside > 0);
        let (gate, _) = waited.unwrap_or_else(PoisonError::into_inner);
        let (inside, mut epoch) = (gate.inside, gate.epoch);
        drop(gate);
        if inside > 0 {
            return Err(Outage::Restarting);
        }
        work(&mut epoch);
        self.gate().epoch = epoch;
        Ok(())
    }

    /// Starts the library again, unless somebody did since `epoch`. That it fails shows at the next call.
    pub(super) fn restart(&self, epoch: u64) -> Result<(), Outage> {
        self.alone(|now| {
            if *now == epoch {
                // Fails when the library was not even initialised, which is as good.
                let _ = self.context.clone().finalize();
                let _ = initialise(&self.context);
                *now += 1;
            }
        })
    }

    fn gate(&self) -> MutexGuard<'_, Gate> {
        self.gate.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Another part of the program may have initialised the library before: it is the same library then.
fn initialise(context: &Pkcs11) -> Result<(), Error> {
    match context.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)) {
        Err(Error::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => Ok(()),
        outcome => outcome,
    }
}

/// Being inside, until dropped.
pub(super) struct Entered<'a> {
    module: &'a Module,
    epoch: u64,
}

impl Entered<'_> {
    pub(super) fn context(&self) -> &Pkcs11 {
        &self.module.context
    }

    pub(super) fn epoch(&self) -> u64 {
        self.epoch
    }
}

impl Drop for Entered<'_> {
    fn drop(&mut self) {
        self.module.gate().inside -= 1;
        self.module.changed.notify_all();
    }
}

/// Being the only one, until dropped.
struct Alone<'a>(&'a Module);

impl Drop for Alone<'_> {
    fn drop(&mut self) {
        self.0.gate().alone = false;
        self.0.changed.notify_all();
    }
}
