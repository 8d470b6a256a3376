//! Ctrl-C and SIGTERM: the exit code says so, and nothing half made is left on the disk.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::tieline::{Desk, Ended};

/// Longer than anything takes that is waited for, also on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// Sorts more than the memory that it is given, and for longer than anybody waits.
const SORTS: &str = "SELECT value FROM range(0, 1000000000) ORDER BY -value";

/// A command that has been started, and whose temporary files are in a folder of their own.
struct Running {
    child: Child,
}

impl Running {
    fn start(desk: &Desk, args: &[&str], stdin: Stdio) -> Self {
        let temporary = desk.path("temporary");
        fs::create_dir_all(&temporary).unwrap();
        let mut command = desk.command();
        command.args(args).env("TMPDIR", temporary).stdin(stdin);
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        Self {
            child: child.unwrap(),
        }
    }

    /// Waits until something has happened while it runs.
    fn until(&mut self, mut has_happened: impl FnMut() -> bool) {
        let start = Instant::now();
        while !has_happened() {
            assert!(self.child.try_wait().unwrap().is_none(), "it has ended");
            assert!(start.elapsed() < PATIENCE, "it never happens");
            sleep(Duration::from_millis(5));
        }
    }

    /// Sends a signal and waits for the end; nobody reads what it prints until then.
    fn end_by(mut self, signal: &str) -> Ended {
        self.tell(signal);
        let start = Instant::now();
        while self.child.try_wait().unwrap().is_none() {
            assert!(start.elapsed() < PATIENCE, "it does not end");
            sleep(Duration::from_millis(5));
        }
        let output = self.child.wait_with_output().unwrap();
        Ended {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    fn tell(&self, signal: &str) {
        let kill = format!("kill -{signal} {}", self.child.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    }
}

/// All files below a folder; one that goes while it is looked at is not there.
fn files(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    for path in entries.map(|entry| entry.path()) {
        match path.is_dir() {
            true => found.extend(files(&path)),
            false => found.push(path.display().to_string()),
        }
    }
    found
}

fn entries(folder: &Path) -> usize {
    fs::read_dir(folder).map_or(0, Iterator::count)
}

#[test]
fn what_a_statement_has_spilled_goes_with_it() {
    for (signal, code, said) in [
        ("INT", 130, "error: interrupted\n"),
        ("TERM", 143, "error: told to end by SIGTERM\n"),
    ] {
        let desk = Desk::new();
        let args = ["sql", "--memory-limit", "64MB", "--format", "csv", "-c", SORTS];
        let mut running = Running::start(&desk, &args, Stdio::null());
        let temporary = desk.path("temporary");
        running.until(|| files(&temporary).len() > 2);
        let ended = running.end_by(signal);
        assert_eq!((ended.code, ended.stderr.as_str()), (code, said));
        assert_eq!(ended.stdout, "");
        assert_eq!(entries(&temporary), 0, "{:?}", files(&temporary));
    }
}

#[test]
fn a_time_limit_leaves_nothing_behind_either() {
    let desk = Desk::new();
    let temporary = desk.path("temporary");
    fs::create_dir_all(&temporary).unwrap();
    let limits = ["--memory-limit", "64MB", "--time-limit", "3"];
    let mut command = desk.command();
    command.args(["sql"]).args(limits).args(["-c", SORTS]);
    let output = command.env("TMPDIR", &temporary).output().unwrap();
    assert_eq!(output.status.code(), Some(4));
    assert_eq!(entries(&temporary), 0, "{:?}", files(&temporary));
}

#[test]
fn a_run_that_is_interrupted_leaves_no_results() {
    let desk = Desk::new();
    desk.write("networks/vpn.txt", "240.70.16.0/24\n");
    desk.ok(["ingest", "networks", "networks", "--case", "case"]);
    let header = |name| format!("-- name: {name}\n-- description: d\n-- grain: g\n-- returns: value int64\n");
    let quick = header("quick") + "SELECT value FROM range(0, 10)";
    desk.write("plans/10_quick.sql", quick);
    desk.write("plans/20_long.sql", header("long") + SORTS);

    let args = ["run", "own", "--case", "case", "--plans", "plans"];
    let args = [&args[..], &["--memory-limit", "64MB"]].concat();
    let mut running = Running::start(&desk, &args, Stdio::null());
    let (results, temporary) = (desk.path("case/results"), desk.path("temporary"));
    running.until(|| !files(&results).is_empty() && files(&temporary).len() > 2);
    let ended = running.end_by("TERM");
    assert_eq!((ended.code, ended.stdout.as_str()), (143, ""), "{}", ended.stderr);
    assert_eq!(entries(&results), 0, "{:?}", files(&results));
    assert_eq!(entries(&temporary), 0, "{:?}", files(&temporary));
}

#[test]
fn an_ingest_that_is_interrupted_adds_nothing_and_leaves_nothing() {
    let desk = Desk::new();
    desk.write("networks/vpn.txt", "240.70.16.0/24\n");
    desk.ok(["ingest", "networks", "networks", "--case", "case"]);
    let before = files(&desk.path("case/tables"));
    let mut text =
        String::from("device_id,id_type,latitude,longitude,horizontal_accuracy,timestamp,ip_address\n");
    for row in 0..500_000 {
        text += &format!(
            "0f8fad5b-d9cb-469f-a165-70867728950e,gaid,-20.12345,80.12345,5,{},198.51.100.7\n",
            1_761_955_200_000_u64 + row
        );
    }
    desk.write("telemetry/long.csv", text);

    let args = ["ingest", "telemetry", "telemetry", "--case", "case"];
    let mut running = Running::start(&desk, &args, Stdio::null());
    let staging = desk.path("case/tables/.staging");
    running.until(|| !files(&staging).is_empty());
    let ended = running.end_by("INT");
    assert_eq!(ended.code, 130, "{}", ended.stderr);
    assert!(!staging.exists());
    assert_eq!(files(&desk.path("case/tables")), before);
    assert_eq!(
        desk.rows("case", "SELECT count(*) AS n FROM telemetry")[0]["n"],
        0
    );
}

/// An operator that does not yield, input that never comes, a reader that does not read.
#[test]
fn what_waits_or_works_without_a_pause_ends_all_the_same() {
    let stuck = "SELECT count(*) FROM range(0, 3000000) AS a JOIN range(0, 3000000) AS b \
                 ON a.value % 1 = b.value % 1 AND a.value + b.value < 0";
    let endless = "SELECT value FROM range(0, 1000000000000)";
    for (args, stdin) in [
        (&["sql", "-c", stuck][..], Stdio::null()),
        (&["sql", "--threads", "1", "-c", stuck], Stdio::null()),
        (&["sql", "--format", "csv", "-c", endless], Stdio::null()),
        (&["sql"], Stdio::piped()),
    ] {
        let desk = Desk::new();
        let running = Running::start(&desk, args, stdin);
        sleep(Duration::from_millis(500));
        let start = Instant::now();
        let ended = running.end_by("INT");
        assert_eq!(
            (ended.code, ended.stderr.as_str()),
            (130, "error: interrupted\n"),
            "{args:?}"
        );
        assert!(start.elapsed() < Duration::from_secs(10), "{args:?}");
        assert_eq!(entries(&desk.path("temporary")), 0, "{args:?}");
    }
}
