//! A contestant's process, and waiting for it no longer than it may take.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use crate::protocol::{Open, Opened, QueryName, Ran, Request, Response};

/// What comes of asking a contestant.
pub(crate) type Answered<T> = Result<T, Trouble>;

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// It was still at it when its time was up.
    TimedOut,
    /// It said so, or it ended, or it spoke nonsense.
    Failed(String),
}

/// Started; killed when dropped.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    stdin: Option<ChildStdin>,
    lines: Receiver<String>,
    stderr: PathBuf,
}

/// How long a process may take to end once its stdin has ended, or once it is asked to.
const LEAVE: Duration = Duration::from_secs(5);

impl Process {
    /// Starts a command whose stderr goes to a file.
    pub(crate) fn start(mut command: Command, stderr: &Path) -> Answered<Self> {
        let failed = |error: std::io::Error| Trouble::Failed(error.to_string());
        if let Some(parent) = stderr.parent() {
            fs::create_dir_all(parent).map_err(failed)?;
        }
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(File::create(stderr).map_err(failed)?)
            .spawn()
            .map_err(failed)?;
        let stdin = child.stdin.take();
        let (sender, lines) = channel();
        if let Some(stdout) = child.stdout.take() {
            // Ends with the process, whose stdout then ends.
            thread::spawn(move || {
                for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                    if sender.send(line).is_err() {
                        break;
                    }
                }
            });
        }
        Ok(Self {
            child,
            stdin,
            lines,
            stderr: stderr.to_owned(),
        })
    }

    pub(crate) fn open(&mut self, open: Open, limit: Duration) -> Answered<Opened> {
        match self.ask(&Request::Open(open), limit)? {
            Response::Opened { opened } => Ok(opened),
            other => Err(unexpected(other)),
        }
    }

    pub(crate) fn run(&mut self, query: QueryName, limit: Duration) -> Answered<Ran> {
        match self.ask(&Request::Run(query), limit)? {
            Response::Ran(ran) => Ok(ran),
            other => Err(unexpected(other)),
        }
    }

    fn ask(&mut self, request: &Request, limit: Duration) -> Answered<Response> {
        let mut line = serde_json::to_string(request).map_err(|error| Trouble::Failed(error.to_string()))?;
        line.push('\n');
        let sent = self.stdin.as_mut().map(|stdin| stdin.write_all(line.as_bytes()));
        if !matches!(sent, Some(Ok(()))) {
            return Err(Trouble::Failed(self.last_words()));
        }
        let line = self.lines.recv_timeout(limit).map_err(|error| match error {
            RecvTimeoutError::Timeout => Trouble::TimedOut,
            RecvTimeoutError::Disconnected => Trouble::Failed(self.last_words()),
        })?;
        serde_json::from_str(&line)
            .map_err(|_| Trouble::Failed("its answer is not a line of the protocol".to_owned()))
    }

    /// How a process ended that was expected to answer.
    fn last_words(&mut self) -> String {
        let ended = match self.child.wait() {
            Ok(status) => format!("it ended, {status}"),
            Err(error) => error.to_string(),
        };
        let text = fs::read(&self.stderr).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        match text.lines().rev().find(|line| !line.trim().is_empty()) {
            Some(line) => format!("{ended}: {}", line.trim()),
            None => ended,
        }
    }

    /// Asks it to end, which lets one with a server of its own stop that too, and then makes it.
    pub(crate) fn kill(&mut self) {
        ask_to_end(&self.child);
        if !self.ends_within(LEAVE) {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }

    fn ends_within(&mut self, limit: Duration) -> bool {
        let until = Instant::now() + limit;
        while Instant::now() < until {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return true;
            }
            thread::sleep(Duration::from_millis(10));
        }
        false
    }
}

/// Sends SIGTERM, which std cannot, by the system's command.
fn ask_to_end(child: &Child) {
    // Where there is no such command, or the process has ended already, there is nothing to ask.
    let _ = Command::new("kill")
        .arg(child.id().to_string())
        .stderr(Stdio::null())
        .status();
}

fn unexpected(response: Response) -> Trouble {
    Trouble::Failed(match response {
        Response::Failed { error } => error,
        Response::Opened { .. } | Response::Ran(_) => "its answer is to another question".to_owned(),
    })
}

#[cfg(all(test, unix))]
#[path = "process_tests.rs"]
mod tests;
