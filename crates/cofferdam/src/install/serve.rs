//! Running an installation's server until it is told to stop.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use cofferdam_custody::{Gate, Undone};
use cofferdam_server::Settings;
use cofferdam_store::StoreError;
use cofferdam_work::ops::Platform;
use tokio::net::{TcpListener, TcpSocket};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::fail::{Failure, Outcome, To};

/// Connections that may wait to be taken.
const BACKLOG: u32 = 1_024;
/// How long running requests may take to end.
const DRAIN: Duration = Duration::from_secs(15);
/// How long the last entries may take to be integrated, and then the database to be let go of.
const INTEGRATE: Duration = Duration::from_secs(10);
const LET_GO: Duration = Duration::from_secs(5);

/// Listens, without answering yet.
pub(crate) fn bind(address: SocketAddr) -> Outcome<TcpListener> {
    let bind = || {
        let socket = if address.is_ipv4() {
            TcpSocket::new_v4()?
        } else {
            TcpSocket::new_v6()?
        };
        socket.set_reuseaddr(true)?;
        socket.bind(address)?;
        socket.listen(BACKLOG)
    };
    bind().map_err(|error: io::Error| {
        Failure::new(match error.kind() {
            io::ErrorKind::AddrInUse => format!(
                "{address} is in use by another program; stop it, or listen elsewhere with --listen ADDRESS:PORT"
            ),
            io::ErrorKind::PermissionDenied => {
                format!("{address} may not be listened on: ports below 1024 are for privileged programs; choose a higher one")
            }
            io::ErrorKind::AddrNotAvailable => {
                format!("{address} is no address of this machine; listen on 127.0.0.1 or 0.0.0.0")
            }
            _ => format!("cannot listen on {address}: {error}"),
        })
    })
}

/// A server that runs.
pub(crate) struct Server {
    stop: watch::Sender<bool>,
    serving: JoinHandle<io::Result<()>>,
    background: JoinHandle<()>,
    noticing: JoinHandle<()>,
    containing: JoinHandle<()>,
    gate: Gate,
}

impl Server {
    /// Starts to answer, and to integrate the ledgers beside it. `on_the_way` as of [`cofferdam_server::serve`].
    pub(crate) fn start(
        listener: TcpListener,
        platform: Platform,
        settings: Settings,
        on_the_way: usize,
    ) -> Self {
        let gate = platform.gate().clone();
        let stop = watch::Sender::new(false);
        let notifier = cofferdam_server::notifier(&gate, &settings);
        let containment = cofferdam_server::containment(&platform, &settings);
        let router = cofferdam_server::router(platform, settings);
        let stopped = until(stop.subscribe());
        let serving = tokio::spawn(cofferdam_server::serve(listener, router, on_the_way, stopped));
        let (own, stopped) = (gate.clone(), until(stop.subscribe()));
        let background = tokio::spawn(async move { own.run_background(stopped).await });
        let stopped = until(stop.subscribe());
        let noticing = tokio::spawn(async move { notifier.run_background(stopped).await });
        let stopped = until(stop.subscribe());
        let containing = tokio::spawn(async move { containment.run_background(stopped).await });
        Self {
            stop,
            serving,
            background,
            noticing,
            containing,
            gate,
        }
    }

    /// Takes no more requests, lets running ones end, integrates what is recorded, and lets go of the database; none of it
    /// for longer than a bounded time, whatever the database does.
    pub(crate) async fn stop(mut self) -> Outcome {
        let ended = self.end().await;
        self.leave(ended).await
    }

    async fn end(&mut self) -> Outcome {
        self.stop.send_replace(true);
        match tokio::time::timeout(DRAIN, &mut self.serving).await {
            Ok(ended) => ended.to("the server")?.to("the server")?,
            Err(_) => {
                tracing::warn!(
                    seconds = DRAIN.as_secs(),
                    "some requests did not end; they are cut off"
                );
                self.serving.abort();
            }
        }
        let integrate = async {
            (&mut self.noticing).await.to("notices")?;
            (&mut self.containing).await.to("containment")?;
            (&mut self.background).await.to("integration")?;
            let integrated = self.gate.integrate().await;
            integrated.map_err(|error| match error {
                error @ (StoreError::Moved(_) | StoreError::Damaged(_) | StoreError::Lacking(_)) => {
                    unclean(&error)
                }
                error => not_integrated(&error.to_string()),
            })
        };
        let integrated = tokio::time::timeout(INTEGRATE, integrate).await;
        integrated.unwrap_or_else(|_| {
            let seconds = INTEGRATE.as_secs();
            Err(not_integrated(&format!(
                "not done within {seconds} s: the database is slow, or hangs"
            )))
        })?;
        match self.gate.undone().into_iter().find(Undone::is_unread) {
            Some(undone) => Err(unread(&undone)),
            None => Ok(()),
        }
    }

    /// Lets go of the database, so that its lock is free.
    async fn leave(self, ended: Outcome) -> Outcome {
        if ended.is_err() {
            // To let go is to wait for the writer, and that may wait for a database which never answers.
            std::mem::forget(self);
            return ended;
        }
        let Self { gate, .. } = self;
        let let_go = tokio::task::spawn_blocking(move || drop(gate));
        match tokio::time::timeout(LET_GO, let_go).await {
            Ok(_) => Ok(()),
            Err(_) => Err(Failure::new(
                "stopped, but the database did not take leave; everything is written, and its lock goes with this process",
            )
            .at_once()),
        }
    }

    /// Comes back only when the server ended by itself.
    async fn ended(&mut self) -> Outcome {
        (&mut self.serving).await.to("the server")?.to("the server")
    }
}

/// Of a database that is gone, or is none any more, nothing can be promised.
fn unclean(error: &StoreError) -> Failure {
    Failure::new(format!(
        "stopped, but the database could not be closed cleanly: {error}"
    ))
    .at_once()
}

/// What is still in memory may be all there is of it.
fn unread(undone: &Undone) -> Failure {
    Failure::new(format!(
        "stopped, but since {} {}: {}; run `cofferdam doctor` before it is started again",
        undone.since.rfc3339(),
        undone.chore,
        undone.why()
    ))
    .at_once()
}

/// What was acknowledged is durable, in a tree or not.
fn not_integrated(why: &str) -> Failure {
    Failure::new(format!(
        "stopped, but the last entries of the ledgers are in no signed tree head yet ({why}); nothing that was acknowledged \
         is lost, and they are integrated when the server starts again"
    ))
    .at_once()
}

async fn until(mut stop: watch::Receiver<bool>) {
    // Gone without a word is stopped too.
    let _ = stop.wait_for(|stop| *stop).await;
}

/// SIGINT and SIGTERM, from now on: before, either ends the process at once.
pub(crate) struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    /// Begins to take them.
    pub(crate) fn take() -> Outcome<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt()).to("SIGINT")?,
            terminate: signal(SignalKind::terminate()).to("SIGTERM")?,
        })
    }

    /// Waits for one of them.
    pub(crate) async fn told(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

/// Serves until told to stop; a second signal ends it at once.
pub(crate) async fn serve(mut server: Server, mut signals: Signals) -> Outcome {
    tokio::select! {
        () = signals.told() => {}
        ended = server.ended() => return ended,
    }
    tracing::info!("stopping: running requests may end");
    let ended = tokio::select! {
        ended = server.end() => ended,
        () = signals.told() => Err(Failure::new(
            "told twice to stop, and stopped at once: running requests were cut off; nothing that was acknowledged is lost",
        )
        .at_once()),
    };
    server.leave(ended).await
}
