//! The command line.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgMatches, Args, Parser, Subcommand, ValueEnum};
use tieline::{CaseOptions, KeySource, Kind, Limits};
use tieline_bench::Suite;
use tieline_synth::joins::{Codec, JoinsOptions, Order};

use crate::memory;

/// Ties reports to places: CyberTipline reports, device telemetry and sites in, links with their chance out.
///
/// A link is a lead, never an identification.
#[derive(Debug, Parser)]
#[command(name = "tieline", version, arg_required_else_help = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Races join strategies and other engines on the same files; checks every answer
    Bench(BenchArgs),
    /// One of our strategies, asked by `bench` over stdin
    #[command(hide = true)]
    BenchWorker(BenchWorkerArgs),
    /// Shows the whole way on a synthetic world: raw files in, links out, compared with the planted truth
    Demo(DemoArgs),
    /// Adds source files to a case; prints what was loaded and what was not
    Ingest(IngestArgs),
    /// Lists the investigations that come with Tieline, or writes their SQL to a folder
    Plans(PlansArgs),
    /// Runs an investigation on a case; prints its funnel, links and counts
    Run(RunArgs),
    /// Looks at files of sites before they are ingested
    Sites(SitesArgs),
    /// Answers SQL over a case's tables, or without a case over any files
    Sql(SqlArgs),
    /// Writes a synthetic world with a planted truth
    Synth(SynthArgs),
}

#[derive(Debug, Args)]
pub(crate) struct BenchArgs {
    /// Suites, separated by commas: ranges, fences, bands, nexus, or all
    #[arg(long, value_name = "SUITES", value_delimiter = ',', default_value = "all", value_parser = parse_suites)]
    pub(crate) suite: Vec<Suites>,
    /// Cases, separated by commas, of the suites [default: all of them]
    #[arg(long, value_name = "CASES", value_delimiter = ',')]
    pub(crate) case: Vec<String>,
    /// The size of the world: 1 is 20 million observations and 1.0 GB on disk
    #[arg(long, value_name = "F", default_value_t = 0.1)]
    pub(crate) scale: f64,
    /// The seed of the world
    #[arg(long, value_name = "N", default_value_t = 42)]
    pub(crate) seed: u64,
    /// How the world's files are compressed: snappy, lz4 or zstd. It decides what reading them costs
    #[arg(long, value_name = "CODEC", default_value_t = Codec::default())]
    pub(crate) codec: Codec,
    /// A world made with `tieline synth --joins`, instead of one made here
    #[arg(long, value_name = "DIR", conflicts_with_all = ["scale", "seed", "codec"])]
    pub(crate) world: Option<PathBuf>,
    /// Our strategies, separated by commas, or all, or none
    #[arg(long, value_name = "LIST", value_delimiter = ',', default_value = "all")]
    pub(crate) strategies: Vec<String>,
    /// Peers, separated by commas, or all, or none [default: those whose wheels are installed; postgres only by name]
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    pub(crate) peers: Vec<String>,
    /// First installs the peers from their wheels: the only command of Tieline that uses the network, and it does so through pip
    #[arg(long)]
    pub(crate) setup_peers: bool,
    /// Threads of every contestant [default: one per core]
    #[arg(long, value_name = "N", value_parser = parse_threads)]
    pub(crate) threads: Option<NonZeroUsize>,
    /// How long one run may take, in seconds
    #[arg(long, value_name = "SECONDS", default_value = "15", value_parser = parse_seconds)]
    pub(crate) time_limit: Duration,
    /// How long the warm runs of one contestant in one case should take together, in seconds; 3 to 11 runs
    #[arg(long, value_name = "SECONDS", default_value = "3", value_parser = parse_seconds)]
    pub(crate) budget: Duration,
    /// Where worlds and peers are kept
    #[arg(long, value_name = "DIR", default_value = "tieline-bench")]
    pub(crate) data: PathBuf,
    /// Runs the SQL and drivers of this folder, a changed copy of `sql/bench`
    #[arg(long, value_name = "DIR")]
    pub(crate) sql: Option<PathBuf>,
    /// Writes the whole record, raw times included
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,
    /// Keeps the record and what is printed in a folder of this one, named by date and machine
    #[arg(long, value_name = "DIR")]
    pub(crate) keep: Option<PathBuf>,
    /// An earlier record: says which ratios moved by more than 15 %
    #[arg(long, value_name = "FILE")]
    pub(crate) against: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct BenchWorkerArgs {
    /// The strategy
    pub(crate) strategy: String,
}

/// What one word of `--suite` stands for.
#[derive(Debug, Clone)]
pub(crate) struct Suites(pub(crate) Vec<Suite>);

#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// The folder of the demonstration's case; one of an earlier demonstration is made anew
    #[arg(long, value_name = "DIR", default_value = "tieline-demo")]
    pub(crate) case: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct IngestArgs {
    /// What the files hold
    pub(crate) kind: KindArg,
    /// Files, or folders to be taken whole
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// The case's folder; made if it is new
    #[arg(long, value_name = "DIR")]
    pub(crate) case: PathBuf,
    /// The key of the pseudonyms; made if it is new [default: tieline/key in the configuration folder]
    #[arg(long, value_name = "FILE")]
    pub(crate) key: Option<PathBuf>,
    /// The kind of the networks in a plain list of prefixes: vpn, proxy, hosting, satellite or isp
    #[arg(long, value_name = "KIND", value_parser = ["vpn", "proxy", "hosting", "satellite", "isp"])]
    pub(crate) network_kind: Option<String>,
    /// From when the networks hold: a date, or a time with its offset
    #[arg(long, value_name = "TIME", value_parser = parse_time_us)]
    pub(crate) valid_from: Option<i64>,
    /// Until when the networks hold, exclusively
    #[arg(long, value_name = "TIME", value_parser = parse_time_us)]
    pub(crate) valid_to: Option<i64>,
    /// Why; logged in the case
    #[arg(long, value_name = "TEXT")]
    pub(crate) purpose: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct PlansArgs {
    /// The investigation
    pub(crate) investigation: Option<String>,
    /// Writes its SQL to this folder, to be changed and run with `tieline run --plans`
    #[arg(long, value_name = "DIR", requires = "investigation")]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    /// The investigation
    pub(crate) investigation: String,
    /// The case's folder
    #[arg(long, value_name = "DIR")]
    pub(crate) case: PathBuf,
    /// A parameter, such as window='30 minutes'; may be repeated
    #[arg(long = "param", value_name = "NAME=VALUE", value_parser = parse_param)]
    pub(crate) params: Vec<(String, String)>,
    /// Runs the plans of this folder instead of those that come with Tieline
    #[arg(long, value_name = "DIR")]
    pub(crate) plans: Option<PathBuf>,
    /// How results are printed
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,
    /// Prints this result alone; csv prints one result [default for csv: links]
    #[arg(long, value_name = "NAME")]
    pub(crate) table: Option<String>,
    /// Why; logged in the case
    #[arg(long, value_name = "TEXT")]
    pub(crate) purpose: Option<String>,
    #[command(flatten)]
    pub(crate) limits: LimitArgs,
}

#[derive(Debug, Args)]
pub(crate) struct SitesArgs {
    #[command(subcommand)]
    pub(crate) command: SitesCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum SitesCommand {
    /// Lists what is doubtful: outlines, swapped coordinates, sizes, identifiers and versions; exit code 3 if anything is
    Check(SitesCheckArgs),
}

#[derive(Debug, Args)]
pub(crate) struct SitesCheckArgs {
    /// GeoJSON files, or folders of them, looked at as one set of sites
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// How doubts are printed
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct SqlArgs {
    /// The case's folder; without it, files are read by their paths, as in FROM 'events.parquet'
    #[arg(long, value_name = "DIR")]
    pub(crate) case: Option<PathBuf>,
    /// Statements; may be repeated, and runs in order with --file
    #[arg(short = 'c', long = "command", value_name = "SQL")]
    pub(crate) commands: Vec<String>,
    /// A file of statements; may be repeated. Without -c and -f, statements are read from stdin
    #[arg(short = 'f', long = "file", value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// How results are printed
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,
    /// Why; logged in the case
    #[arg(long, value_name = "TEXT")]
    pub(crate) purpose: Option<String>,
    /// Makes the addresses of victims and recipients readable as protected_ip_events, for this reason, which is logged
    #[arg(long, value_name = "REASON", requires = "case")]
    pub(crate) protected: Option<String>,
    #[command(flatten)]
    pub(crate) limits: LimitArgs,
}

#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("world").required(true).args(["size", "joins"]))]
pub(crate) struct SynthArgs {
    /// The seed: the same seed and options give the same bytes
    #[arg(long, value_name = "N", default_value_t = 42)]
    pub(crate) seed: u64,
    /// A world of raw files. tiny: about 300 reports and 20,000 observations; small: ten times that
    #[arg(long, value_name = "SIZE", value_parser = ["tiny", "small"])]
    pub(crate) size: Option<String>,
    /// A world for racing joins: plain Parquet and the right answers
    #[arg(long)]
    pub(crate) joins: bool,
    /// The world's folder, new or empty
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    #[command(flatten)]
    pub(crate) knobs: JoinsKnobs,
}

/// What a world for racing joins is like.
#[derive(Debug, Args)]
pub(crate) struct JoinsKnobs {
    /// The size: 1 is 20 million observations and 1.0 GB
    #[arg(
        long,
        value_name = "F",
        requires = "joins",
        conflicts_with = "size",
        default_value_t = 1.0
    )]
    pub(crate) scale: f64,
    /// How many addresses of reports there are at scale 1
    #[arg(long, value_name = "N", requires = "joins", default_value_t = 3_170_000)]
    pub(crate) report_addresses: u64,
    /// The share of the rows whose address is crowded
    #[arg(long, value_name = "SHARE", requires = "joins", default_value_t = 0.0)]
    pub(crate) skew: f64,
    /// How many crowded addresses there are
    #[arg(long, value_name = "N", requires = "joins", default_value_t = 2_000)]
    pub(crate) crowded_addresses: u64,
    /// The share of the observations inside one of the 44 fences
    #[arg(long, value_name = "SHARE", requires = "joins", default_value_t = 0.05)]
    pub(crate) inside: f64,
    /// The order of observations and, by time or address, of reports: random, time, address or place
    #[arg(long, value_name = "ORDER", requires = "joins", default_value_t = Order::Random)]
    pub(crate) order: Order,
    /// How the files are compressed: snappy, lz4 or zstd
    #[arg(long, value_name = "CODEC", requires = "joins", default_value_t = Codec::default())]
    pub(crate) codec: Codec,
    /// The share of the addresses and prefixes that are IPv6
    #[arg(long, value_name = "SHARE", requires = "joins", default_value_t = 0.0)]
    pub(crate) ipv6_share: f64,
    /// The share of the prefixes and fences that lie over an earlier one
    #[arg(long, value_name = "SHARE", requires = "joins", default_value_t = 0.5)]
    pub(crate) overlap: f64,
}

#[derive(Debug, Args)]
pub(crate) struct LimitArgs {
    /// Memory for sorting, grouping and joining, such as 512MB or 4GB [default: four fifths of what there is]
    #[arg(long, value_name = "SIZE", value_parser = parse_size_bytes)]
    pub(crate) memory_limit: Option<usize>,
    /// Time that one statement may be planned, and then run, in seconds
    #[arg(long, value_name = "SECONDS", value_parser = parse_seconds)]
    pub(crate) time_limit: Option<Duration>,
    /// Threads that a statement runs on [default: one per core]
    #[arg(long, value_name = "N", value_parser = parse_threads)]
    pub(crate) threads: Option<NonZeroUsize>,
}

/// How results are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For reading.
    Table,
    /// One object, or one array per statement.
    Json,
    /// With a header line.
    Csv,
}

/// What the files of an ingest hold.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum KindArg {
    /// CyberTipline reports as law-enforcement JSON.
    Reports,
    /// Device telemetry as CSV in the Quadrant layout.
    Telemetry,
    /// Sites as GeoJSON.
    Sites,
    /// Networks: GeoLite2-ASN CSV, a plain list of prefixes, or a registry's delegated statistics.
    Networks,
}

impl From<KindArg> for Kind {
    fn from(kind: KindArg) -> Self {
        match kind {
            KindArg::Reports => Self::Reports,
            KindArg::Telemetry => Self::Telemetry,
            KindArg::Sites => Self::Sites,
            KindArg::Networks => Self::Networks,
        }
    }
}

/// A text of statements, from the command line or a file.
#[derive(Debug)]
pub(crate) enum Script {
    Command(String),
    File(PathBuf),
}

impl SqlArgs {
    /// `-c` and `-f` in the order in which they were given.
    pub(crate) fn in_order(&self, matches: &ArgMatches) -> Vec<Script> {
        let indices = |name| matches.indices_of(name).into_iter().flatten();
        let commands =
            indices("commands").zip(self.commands.iter().map(|text| Script::Command(text.clone())));
        let files = indices("files").zip(self.files.iter().map(|path| Script::File(path.clone())));
        let mut scripts: Vec<_> = commands.chain(files).collect();
        scripts.sort_by_key(|(index, _)| *index);
        scripts.into_iter().map(|(_, script)| script).collect()
    }

    pub(crate) fn case_options(&self) -> CaseOptions {
        CaseOptions {
            limits: self.limits.limits(),
            purpose: self.purpose.clone(),
            protected_reason: self.protected.clone(),
            ..CaseOptions::default()
        }
    }
}

impl RunArgs {
    pub(crate) fn case_options(&self) -> CaseOptions {
        CaseOptions {
            limits: self.limits.limits(),
            purpose: self.purpose.clone(),
            ..CaseOptions::default()
        }
    }
}

impl IngestArgs {
    pub(crate) fn case_options(&self) -> CaseOptions {
        CaseOptions {
            key: self.key.clone().map_or(KeySource::UserConfig, KeySource::File),
            purpose: self.purpose.clone(),
            ..CaseOptions::default()
        }
    }
}

impl SynthArgs {
    pub(crate) fn joins_options(&self) -> JoinsOptions {
        let knobs = &self.knobs;
        JoinsOptions {
            seed: self.seed,
            scale: knobs.scale,
            report_addresses: knobs.report_addresses,
            skew: knobs.skew,
            crowded_addresses: knobs.crowded_addresses,
            inside: knobs.inside,
            order: knobs.order,
            codec: knobs.codec,
            ipv6_share: knobs.ipv6_share,
            overlap: knobs.overlap,
        }
    }
}

impl Command {
    /// Whether it makes temporary files, or files that are worth nothing before they are whole.
    pub(crate) const fn leaves_files(&self) -> bool {
        matches!(
            self,
            Self::Demo(_) | Self::Ingest(_) | Self::Run(_) | Self::Sql(_)
        )
    }

    /// How many threads its statements are to run on, if that was said.
    pub(crate) const fn threads(&self) -> Option<NonZeroUsize> {
        match self {
            Self::Run(args) => args.limits.threads,
            Self::Sql(args) => args.limits.threads,
            _ => None,
        }
    }
}

impl LimitArgs {
    pub(crate) fn limits(&self) -> Limits {
        Limits {
            memory_bytes: self.memory_limit.or_else(memory::usual_limit),
            time: self.time_limit,
            threads: self.threads,
        }
    }
}

fn parse_suites(text: &str) -> Result<Suites, String> {
    match text {
        "all" => Ok(Suites(Suite::ALL.to_vec())),
        name => name.parse().map(|suite| Suites(vec![suite])),
    }
}

fn parse_param(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("not NAME=VALUE")?;
    Ok((name.trim().to_owned(), value.trim().to_owned()))
}

/// `1073741824`, `512MB`, `4GB`, in powers of 1024.
fn parse_size_bytes(text: &str) -> Result<usize, String> {
    let text = text.trim().to_ascii_uppercase();
    let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
    let factor: usize = match text[digits.len()..].trim() {
        "" | "B" => 1,
        "K" | "KB" | "KIB" => 1 << 10,
        "M" | "MB" | "MIB" => 1 << 20,
        "G" | "GB" | "GIB" => 1 << 30,
        _ => return Err("not a size such as 512MB or 4GB".into()),
    };
    let number: usize = digits.parse().map_err(|_| "not a size such as 512MB or 4GB")?;
    number
        .checked_mul(factor)
        .filter(|bytes| *bytes > 0)
        .ok_or_else(|| "out of range".into())
}

/// More threads than this are a mistake: each comes with a stack, and the parts of a query are exchanged between all of them.
const MOST_THREADS: usize = 512;

fn parse_threads(text: &str) -> Result<NonZeroUsize, String> {
    let threads: NonZeroUsize = text.parse().map_err(|_| "not a number of threads")?;
    if threads.get() > MOST_THREADS {
        return Err(format!(
            "more than {MOST_THREADS} (hint: leave it out for one per core)"
        ));
    }
    Ok(threads)
}

fn parse_seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "not a number of seconds")?;
    Duration::try_from_secs_f64(seconds).map_err(|_| "out of range".into())
}

/// `2025-11-01` (midnight UTC) or `2025-11-01T07:00:00+07:00`, in microseconds since 1970 UTC.
fn parse_time_us(text: &str) -> Result<i64, String> {
    use chrono::{DateTime, NaiveDate, NaiveTime};
    if let Ok(date) = text.parse::<NaiveDate>() {
        return Ok(date.and_time(NaiveTime::MIN).and_utc().timestamp_micros());
    }
    DateTime::parse_from_rfc3339(text)
        .map(|time| time.timestamp_micros())
        .map_err(|_| "not a date, nor a time with its offset".into())
}

#[cfg(test)]
#[path = "args_tests.rs"]
mod tests;
