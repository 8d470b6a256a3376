//! The race itself: everybody once cold, then in rounds, taking turns.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use chrono::{SecondsFormat, Utc};

use crate::answer::{Rows, Verdict, compare};
use crate::contestant::Contestant;
use crate::machine::Machine;
use crate::page_cache::evict;
use crate::peers::Peers;
use crate::process::{Answered, Process, Trouble};
use crate::protocol::{Open, Query, QueryName, Ran};
use crate::record::{CaseRecord, Entry, Outcome, Record};
use crate::sql_file::{Placeholders, SqlFiles, Way};
use crate::suite::Case;
use crate::world::{World, Worlds};

/// What is raced, by whom and for how long.
#[derive(Debug)]
pub struct RaceOptions {
    /// The questions.
    pub cases: Vec<Case>,
    /// Who answers them.
    pub contestants: Vec<Contestant>,
    /// Threads of every contestant.
    pub threads: usize,
    /// How long one run may take.
    pub time_limit: Duration,
    /// How long the warm runs of one contestant in one case should take together; there are at least [`FEWEST_ROUNDS`] and
    /// at most [`MOST_ROUNDS`] of them.
    pub budget: Duration,
    /// The worlds.
    pub worlds: Worlds,
    /// The peers' environments.
    pub peers: Peers,
    /// The contestants' SQL and drivers.
    pub files: SqlFiles,
    /// What contestants keep between races, and what they say on stderr.
    pub scratch: PathBuf,
    /// The command that starts our own side; the strategy's name is added to it.
    pub ours: Vec<OsString>,
}

/// Fewer would have no spread.
pub const FEWEST_ROUNDS: usize = 3;

/// More would say nothing new.
pub const MOST_ROUNDS: usize = 11;

/// What a contestant that stops itself at its limit may take to say so.
const GRACE: Duration = Duration::from_secs(2);

/// Runs every case. What befalls a contestant or a world is part of the record, and the rest goes on.
pub fn race(options: &RaceOptions, note: &mut dyn FnMut(&str)) -> Record {
    let start = Instant::now();
    let started_at = Utc::now().to_rfc3339_opts(SecondsFormat::Secs, true);
    let mut cases = Vec::new();
    for case in &options.cases {
        let began = Instant::now();
        let record = match options.worlds.world(case.world, options.threads, note) {
            Ok(world) => CaseRace {
                options,
                case,
                world: &world,
            }
            .run(),
            Err(error) => CaseRecord {
                trouble: Some(error.to_string()),
                ..record_of(case)
            },
        };
        note(&format!("{}: {:.0} s", case.name, began.elapsed().as_secs_f64()));
        cases.push(record);
    }
    Record {
        started_at,
        seconds: start.elapsed().as_secs_f64(),
        machine: Machine::here(),
        threads: options.threads,
        cases,
    }
}

fn record_of(case: &Case) -> CaseRecord {
    CaseRecord {
        case: case.name.to_owned(),
        question: case.question.to_owned(),
        world: None,
        world_format: None,
        rows: Vec::new(),
        trouble: None,
        entries: Vec::new(),
    }
}

/// One case in one world.
struct CaseRace<'a> {
    options: &'a RaceOptions,
    case: &'a Case,
    world: &'a World,
}

/// One way of one contestant, from its start to its end.
struct Runner<'a> {
    entry: Entry,
    process: Option<Process>,
    right: &'a Rows,
    /// The right answer of the bare read, where there is one to run.
    right_scan: Option<&'a Rows>,
    rounds: usize,
}

impl<'a> CaseRace<'a> {
    fn run(&self) -> CaseRecord {
        let tables = self.world.tables(self.case);
        let mut record = CaseRecord {
            world: Some(self.world.summary.options.clone()),
            world_format: Some(self.world.summary.format),
            rows: self.rows(),
            ..record_of(self.case)
        };
        let Some(right) = self.world.answers.join(self.case.answer) else {
            record.trouble = Some("the world has no answer to it".to_owned());
            return record;
        };
        let mut runners = Vec::new();
        for contestant in &self.options.contestants {
            if contestant.runs(self.case.suite) {
                runners.extend(self.start(*contestant, right));
            }
        }
        for runner in &mut runners {
            tables.values().for_each(|path| evict(path));
            runner.run_cold(self.options);
        }
        for round in 0..MOST_ROUNDS {
            for runner in runners.iter_mut().filter(|runner| round < runner.rounds) {
                runner.run_warm(self.options.time_limit);
            }
        }
        record.entries = runners.into_iter().map(|runner| runner.entry).collect();
        record.compute();
        record
    }

    fn rows(&self) -> Vec<(String, u64)> {
        let tables = self.world.tables(self.case);
        let stems = tables.values().filter_map(|path| path.file_stem()?.to_str());
        let rows = stems.filter_map(|stem| Some((stem.to_owned(), *self.world.summary.rows.get(stem)?)));
        rows.collect()
    }

    /// A contestant's runners, opened: one for each of its ways, or one that says why there is none.
    fn start(&self, contestant: Contestant, right: &'a Rows) -> Vec<Runner<'a>> {
        let name = contestant.name();
        let ways = self
            .options
            .files
            .ways(contestant.folder(), self.case, self.world.has_ipv6());
        let runner = |variant: Option<&str>, outcome| Runner {
            entry: Entry {
                contestant: variant.map_or_else(|| name.to_owned(), |variant| format!("{name}:{variant}")),
                outcome,
                ..Entry::default()
            },
            process: None,
            right,
            right_scan: None,
            rounds: 0,
        };
        if ways.is_empty() {
            return vec![runner(None, Outcome::Cannot)];
        }
        let python = match contestant {
            Contestant::Peer(peer) => self.options.peers.python(peer).map(Some),
            Contestant::Ours(_) => Ok(None),
        };
        let python = match python {
            Ok(python) => python,
            Err(reason) => return vec![runner(None, Outcome::NotInstalled(reason))],
        };
        let mut runners = Vec::new();
        for way in &ways {
            let mut runner = runner(way.variant.as_deref(), Outcome::Right);
            let scan = self.options.files.scan(contestant.folder(), self.case, way);
            let right_scan = self.world.answers.scan(self.case.suite.name());
            runner.right_scan = right_scan.filter(|_| scan.is_some());
            match self.open(
                contestant,
                [Some(way), scan.as_ref()],
                python.as_deref(),
                &mut runner.entry,
            ) {
                Ok(process) => runner.process = Some(process),
                Err(trouble) => runner.end(trouble, self.options.time_limit),
            }
            runners.push(runner);
        }
        runners
    }

    fn open(
        &self,
        contestant: Contestant,
        ways: [Option<&Way>; 2],
        python: Option<&Path>,
        entry: &mut Entry,
    ) -> Answered<Process> {
        let tables = self.world.tables(self.case);
        let fill = self.placeholders(&tables);
        let named = [QueryName::Join, QueryName::Scan].into_iter().zip(ways);
        let queries = named
            .filter_map(|(name, way)| Some(way?.query(&fill).map(|query| (name, query))))
            .collect::<crate::Result<BTreeMap<_, _>>>()
            .map_err(|error| Trouble::Failed(error.to_string()))?;
        let scratch = self.options.scratch.join(contestant.name());
        let (command, limit) = match (contestant, python) {
            (Contestant::Peer(peer), Some(python)) => {
                let mut command = Command::new(python);
                // Compiled Python would be written beside the SQL.
                command
                    .arg("-B")
                    .arg(self.options.files.folder().join("worker.py"))
                    .arg(peer.name);
                (command, Duration::from_secs(peer.open_limit_s))
            }
            _ => (self.our_command(contestant)?, self.options.time_limit),
        };
        let stderr = scratch.join("stderr.log");
        let mut process = Process::start(command, &stderr)?;
        let opened = process.open(self.request(queries, scratch, tables), limit)?;
        entry.version = Some(opened.version);
        entry.operator = opened.operator;
        Ok(process)
    }

    fn our_command(&self, contestant: Contestant) -> Answered<Command> {
        let Some((program, arguments)) = self.options.ours.split_first() else {
            return Err(Trouble::Failed("no command for our own side".to_owned()));
        };
        let mut command = Command::new(program);
        command.args(arguments).arg(contestant.name());
        command.env("TOKIO_WORKER_THREADS", self.options.threads.to_string());
        Ok(command)
    }

    fn placeholders(&self, tables: &BTreeMap<String, PathBuf>) -> Placeholders {
        let paths = tables
            .iter()
            .map(|(name, path)| (name.clone(), path.display().to_string()));
        let mut values: BTreeMap<_, _> = paths.collect();
        values.insert("threads".to_owned(), self.options.threads.to_string());
        values.extend(
            self.case
                .window_ms
                .map(|window_ms| ("window_ms".to_owned(), window_ms.to_string())),
        );
        Placeholders(values)
    }

    fn request(
        &self,
        queries: BTreeMap<QueryName, Query>,
        folder: PathBuf,
        tables: BTreeMap<String, PathBuf>,
    ) -> Open {
        let window = self
            .case
            .window_ms
            .map(|window_ms| ("window_ms".to_owned(), window_ms));
        let limit = ("time_limit_s".to_owned(), self.options.time_limit.as_secs());
        Open {
            threads: self.options.threads,
            folder,
            tables,
            queries,
            options: window.into_iter().chain([limit]).collect(),
        }
    }
}

impl Runner<'_> {
    /// The first run, which also says how many more the budget allows.
    fn run_cold(&mut self, options: &RaceOptions) {
        let Some(ran) = self.join(options.time_limit) else {
            return;
        };
        self.entry.cold_s = Some(ran.seconds);
        let affordable = options.budget.as_secs_f64() / ran.seconds.max(0.001);
        self.rounds = (affordable as usize).clamp(FEWEST_ROUNDS, MOST_ROUNDS);
    }

    fn run_warm(&mut self, limit: Duration) {
        self.scan(limit);
        if let Some(ran) = self.join(limit) {
            self.entry.warm_s.push(ran.seconds);
        }
    }

    /// One run whose answer is right; otherwise the contestant has ended.
    fn join(&mut self, limit: Duration) -> Option<Ran> {
        match self.process.as_mut()?.run(QueryName::Join, limit + GRACE) {
            Ok(ran) if ran.seconds > limit.as_secs_f64() => {
                self.end(Trouble::TimedOut, limit);
                None
            }
            Ok(ran) => {
                self.entry.peak_bytes = self.entry.peak_bytes.max(ran.peak_bytes);
                self.entry.bytes_read = ran.bytes_read.or(self.entry.bytes_read);
                match compare(&ran.answer, self.right) {
                    Verdict::Right => Some(ran),
                    Verdict::Wrong(difference) => {
                        self.entry.outcome = Outcome::Wrong(difference);
                        self.process = None;
                        None
                    }
                }
            }
            Err(trouble) => {
                self.end(trouble, limit);
                None
            }
        }
    }

    /// A bare read. Its failure is said, and costs the contestant its ratio to it, nothing more.
    fn scan(&mut self, limit: Duration) {
        let (Some(process), Some(right), None) =
            (&mut self.process, self.right_scan, &self.entry.scan_trouble)
        else {
            return;
        };
        let trouble = match process.run(QueryName::Scan, limit + GRACE) {
            Ok(ran) => match compare(&ran.answer, right) {
                Verdict::Right => {
                    self.entry.scan_s.push(ran.seconds);
                    return;
                }
                Verdict::Wrong(difference) => format!("wrong: {difference}"),
            },
            Err(Trouble::Failed(reason)) => reason,
            Err(Trouble::TimedOut) => {
                self.end(Trouble::TimedOut, limit);
                "timed out".to_owned()
            }
        };
        self.entry.scan_trouble = Some(trouble);
        self.entry.scan_s.clear();
    }

    fn end(&mut self, trouble: Trouble, limit: Duration) {
        self.entry.outcome = match trouble {
            Trouble::TimedOut => Outcome::TimedOut(limit.as_secs()),
            Trouble::Failed(reason) => Outcome::Failed(reason),
        };
        if let Some(mut process) = self.process.take() {
            process.kill();
        }
    }
}

#[cfg(all(test, unix))]
#[path = "race_tests.rs"]
mod tests;
