//! Ctrl-C and SIGTERM: the work is given up, so that it removes what it has half made, and the process ends soon after.

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::process;
use std::thread;
use std::time::Duration;

use tokio::runtime::Builder;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::oneshot;

use crate::failure::Failure;
use crate::scratch::Removal;

/// How long work may take to end when it is given up.
const GRACE: Duration = Duration::from_millis(250);

/// What the process is told to end by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Told {
    /// SIGINT: Ctrl-C.
    Interrupt,
    /// SIGTERM.
    Terminate,
}

/// Hears what the process is told, in a thread of its own: the work may hold all others.
#[derive(Debug)]
pub(crate) struct Signals {
    told: oneshot::Receiver<Told>,
}

impl Signals {
    /// Listens from now on. Work that does not end when it is given up ends with the process, whose temporary files are removed
    /// all the same; told once more, the process ends at once.
    pub(crate) fn listen(removal: Removal) -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let mut listener = {
            let _context = runtime.enter();
            Listener {
                interrupt: signal(SignalKind::interrupt())?,
                terminate: signal(SignalKind::terminate())?,
            }
        };
        let (sender, told) = oneshot::channel();
        let listen = async move {
            let first = listener.next().await;
            // Where nobody hears it, the work is done and the process about to end.
            let _ = sender.send(first);
            let is_over = async {
                tokio::time::sleep(GRACE).await;
                // In another thread, so that this one still listens.
                let end = move || end(first, &removal);
                let _ = thread::Builder::new().name("end".into()).spawn(end);
                std::future::pending::<Infallible>().await
            };
            tokio::select! {
                again = listener.next() => process::exit(Failure::from(again).code().into()),
                never = is_over => match never {},
            }
        };
        thread::Builder::new()
            .name("signals".into())
            .spawn(move || runtime.block_on(listen))?;
        Ok(Self { told })
    }

    /// Does the work, unless the process is told to end: then drops it.
    pub(crate) async fn or_told(
        self,
        work: impl Future<Output = Result<(), Failure>>,
    ) -> Result<(), Failure> {
        tokio::select! {
            biased;
            Ok(told) = self.told => Err(told.into()),
            result = work => result,
        }
    }
}

struct Listener {
    interrupt: Signal,
    terminate: Signal,
}

impl Listener {
    async fn next(&mut self) -> Told {
        tokio::select! {
            _ = self.interrupt.recv() => Told::Interrupt,
            _ = self.terminate.recv() => Told::Terminate,
        }
    }
}

/// Ends the process, unless it is ending by itself.
fn end(told: Told, removal: &Removal) {
    if removal.remove() {
        process::exit(Failure::from(told).report().into());
    }
}
