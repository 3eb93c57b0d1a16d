//! Cards that are not ready: kept until the issuer has them or says its last word, over many runs of the wallet.

use std::time::Duration;

use mibun_issuing::collect::{CollectError, Collector, Need, Waiting};

use super::Wallet;
use super::collect::{Gathered, Gathering};
use crate::failure::Failure;
use crate::store::{AwaitedCard, Event};

/// What became of asking again.
#[derive(Debug)]
pub struct Resumed {
    /// The name of what was waited for.
    pub id: String,
    /// Identifier of the issuer.
    pub issuer: String,
    /// The card, or why it is not there.
    pub outcome: Result<Gathered, Failure>,
    /// Whether it is still waited for. Where not, and no card came either, it will not come.
    pub waits: bool,
}

impl Wallet {
    /// All cards that are waited for, oldest first.
    pub fn awaited(&self) -> &[AwaitedCard] {
        self.store.awaited()
    }

    /// Asks again for one card that is waited for, or for all of them, the one that is due first at first. The patience
    /// of the wallet is for all of them together; none is asked for before its issuer wants to be asked.
    ///
    /// # Errors
    /// [`Failure::NothingAwaited`] when nothing of this name is waited for.
    pub async fn resume(&mut self, id: Option<&str>) -> Result<Vec<Resumed>, Failure> {
        let wanted = |awaited: &&AwaitedCard| id.is_none_or(|id| awaited.id == id);
        let mut due: Vec<AwaitedCard> = self.awaited().iter().filter(wanted).cloned().collect();
        if id.is_some() && due.is_empty() {
            return Err(Failure::NothingAwaited);
        }
        due.sort_by_key(|awaited| awaited.ask_after);
        let (mut resumed, mut waited) = (Vec::new(), 0);
        for awaited in due {
            let (id, issuer) = (awaited.id.clone(), awaited.waiting.issuer.clone());
            let outcome = self.ask_again(awaited, &mut waited).await;
            let waits = self.awaited().iter().any(|awaited| awaited.id == id);
            resumed.push(Resumed { id, issuer, outcome, waits });
        }
        Ok(resumed)
    }

    async fn ask_again(&mut self, awaited: AwaitedCard, waited: &mut u64) -> Result<Gathered, Failure> {
        let waiting = awaited.waiting.clone();
        let early = awaited.ask_after.seconds_since(self.now());
        let mut gathering = Gathering::of(awaited, *waited);
        if let Some(early) = u64::try_from(early).ok().filter(|early| *early > 0) {
            self.pause(early, &mut gathering).await?;
        }
        let settings = self.settings(&gathering)?;
        let outcome = self.gather(Collector::resume(waiting, settings)?, &mut gathering).await;
        *waited = gathering.waited;
        self.keep(outcome?, gathering).await
    }

    /// Keeps what is waited for before anything else happens, so that the wallet can end at any moment: once the issuer
    /// says that it is not ready, and again with every change, such as fresh tokens before they are used. The refresh token
    /// stays until then: to try a spent one again loses nothing that was not lost.
    pub(super) fn remember(
        &mut self,
        need: &Need,
        collector: &Collector,
        gathering: &mut Gathering<'_>,
    ) -> Result<(), Failure> {
        let Some(waiting) = collector.waiting() else { return Ok(()) };
        let mut awaited = match &gathering.awaited {
            Some(awaited) => AwaitedCard { waiting, ..awaited.clone() },
            None => self.newly_awaited(waiting, gathering),
        };
        if let Need::Wait(seconds) = need {
            awaited.ask_after = self.now().plus_seconds(i64::try_from(*seconds).unwrap_or(i64::MAX));
        }
        if gathering.awaited.as_ref() == Some(&awaited) {
            return Ok(());
        }
        self.store.wait(awaited.clone(), &mut *self.entropy)?;
        if gathering.awaited.is_none() {
            self.record(Event::Deferred { issuer: awaited.waiting.issuer.clone() })?;
        }
        gathering.awaited = Some(awaited);
        Ok(())
    }

    fn newly_awaited(&mut self, waiting: Waiting, gathering: &Gathering<'_>) -> AwaitedCard {
        AwaitedCard {
            id: self.store.new_id(&mut *self.entropy),
            waiting,
            keys: gathering.keys.clone(),
            instance: gathering.instance.clone(),
            renews: gathering.renews.clone(),
            since: self.now(),
            ask_after: self.now(),
        }
    }

    /// Lets time pass, if the holder has the patience.
    pub(super) async fn pause(&self, seconds: u64, gathering: &mut Gathering<'_>) -> Result<(), Failure> {
        let waited = gathering.waited.saturating_add(seconds);
        if waited > self.patience {
            let awaited = gathering.awaited.as_ref().expect("what is waited for is remembered first");
            return Err(Failure::NotReady { id: awaited.id.clone(), ask_after: awaited.ask_after });
        }
        gathering.waited = waited;
        tokio::time::sleep(Duration::from_secs(seconds)).await;
        Ok(())
    }

    /// Gives up what the other side has said its last word on.
    pub(super) fn give_up(&mut self, error: &CollectError, gathering: &Gathering<'_>) -> Result<(), Failure> {
        let (Some(awaited), Some(code)) = (&gathering.awaited, error.last_word()) else { return Ok(()) };
        self.store.give_up(&awaited.id, &mut *self.entropy)?;
        self.record(Event::Withheld { issuer: awaited.waiting.issuer.clone(), reason: code.as_str().to_owned() })
    }
}
