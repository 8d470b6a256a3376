//! What a race prints: a table a case, the fastest first, what has no time last.

use comfy_table::{CellAlignment, ContentArrangement, Table, TableComponent, presets};
use tieline_bench::{CaseRecord, Entry, Outcome, Record, Shift};

use crate::output::words::{count, defused, thousands};

const HEADER: [&str; 10] = [
    "contestant",
    "seconds",
    "±",
    "× best",
    "× scan",
    "cold s",
    "scan s",
    "peak MB",
    "read MB",
    "remark",
];

/// The whole race.
pub(crate) fn render(record: &Record) -> String {
    let mut text = String::new();
    for case in &record.cases {
        text.push_str(&case_text(case, record.threads));
        text.push('\n');
    }
    let versions = versions(record);
    if !versions.is_empty() {
        text.push_str(&format!("{}\n", versions.join("; ")));
    }
    text
}

fn case_text(case: &CaseRecord, threads: usize) -> String {
    let question = format!("{}: {}.\n", case.case, case.question);
    if let Some(trouble) = &case.trouble {
        return format!("{question}not run: {}\n", defused(trouble));
    }
    let rows = case.rows.iter();
    let rows: Vec<_> = rows
        .map(|(table, rows)| format!("{} {table}", thousands(*rows)))
        .collect();
    let mut entries: Vec<_> = case.entries.iter().collect();
    let seconds = |entry: &Entry| entry.warm.map_or(f64::INFINITY, |figures| figures.median_s);
    entries.sort_by(|one, other| seconds(one).total_cmp(&seconds(other)));
    let codec = case.world.as_ref().map(|world| format!("{}, ", world.codec));
    format!(
        "{question}{}; {}{}.\n{}\n{}",
        rows.join(", "),
        codec.unwrap_or_default(),
        count(threads as u64, "thread"),
        entry_table(&entries).trim_fmt(),
        reasons(&entries)
    )
}

fn entry_table(entries: &[&Entry]) -> Table {
    let mut table = Table::new();
    table
        .load_preset(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Disabled)
        .set_style(TableComponent::HeaderLines, '─')
        .set_style(TableComponent::MiddleHeaderIntersections, '─')
        .set_header(HEADER);
    for entry in entries {
        table.add_row(cells(entry));
    }
    for (position, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, 1));
        if (1..HEADER.len() - 1).contains(&position) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}

fn cells(entry: &Entry) -> [String; 10] {
    let text = |number: Option<f64>, decimals: usize| {
        number.map_or_else(String::new, |number| format!("{number:.decimals$}"))
    };
    let megabytes =
        |bytes: Option<u64>| bytes.map_or_else(String::new, |bytes| thousands(bytes.div_ceil(1_000_000)));
    let right = entry.outcome == Outcome::Right;
    [
        entry.contestant.clone(),
        text(entry.warm.map(|figures| figures.median_s), 3),
        entry
            .warm
            .map_or_else(String::new, |figures| format!("{:.0}%", figures.spread * 100.0)),
        text(entry.times_best, 2),
        text(entry.times_scan, 2),
        text(entry.cold_s.filter(|_| right), 3),
        text(entry.scan.map(|figures| figures.median_s), 3),
        megabytes(entry.peak_bytes),
        megabytes(entry.bytes_read),
        defused(&remark(entry)),
    ]
}

/// What fits into a cell; the whole of it is among the [`reasons`].
fn remark(entry: &Entry) -> String {
    let ended = match &entry.outcome {
        Outcome::Right => None,
        Outcome::Wrong(_) => Some("wrong answer".to_owned()),
        Outcome::TimedOut(seconds) => Some(format!("more than {seconds} s")),
        Outcome::Failed(_) => Some("failed".to_owned()),
        Outcome::Cannot => Some("cannot".to_owned()),
        Outcome::NotInstalled(reason) => Some(reason.clone()),
    };
    let scan = entry.scan_trouble.as_ref().map(|_| "no scan".to_owned());
    let parts = [ended, entry.operator.clone(), scan];
    parts.into_iter().flatten().collect::<Vec<_>>().join("; ")
}

/// A line below the table for each thing that went wrong.
fn reasons(entries: &[&Entry]) -> String {
    let mut text = String::new();
    for entry in entries {
        let ended = match &entry.outcome {
            Outcome::Wrong(difference) => Some(format!("wrong answer: {difference}")),
            Outcome::Failed(reason) => Some(format!("failed: {reason}")),
            Outcome::Right | Outcome::TimedOut(_) | Outcome::Cannot | Outcome::NotInstalled(_) => None,
        };
        let scan = entry
            .scan_trouble
            .as_ref()
            .map(|trouble| format!("no scan: {trouble}"));
        for reason in ended.into_iter().chain(scan) {
            text.push_str(&format!("{}: {}\n", entry.contestant, defused(&reason)));
        }
    }
    text
}

/// Each version once.
fn versions(record: &Record) -> Vec<String> {
    let mut versions: Vec<String> = Vec::new();
    for entry in record.cases.iter().flat_map(|case| &case.entries) {
        if let Some(version) = &entry.version
            && !versions.contains(version)
        {
            versions.push(version.clone());
        }
    }
    versions
}

/// How far a ratio may move between two runs of the same.
const STEADY: f64 = 0.15;

/// Which ratios moved since an earlier race.
pub(crate) fn shifts(shifts: &[Shift]) -> String {
    if shifts.is_empty() {
        return "nothing to compare: the earlier race had no such case in the same world\n".to_owned();
    }
    let moved: Vec<_> = shifts.iter().filter(|shift| shift.size() > STEADY).collect();
    let mut text = format!(
        "{} of {} moved by more than {:.0} %\n",
        moved.len(),
        count(shifts.len() as u64, "ratio"),
        STEADY * 100.0
    );
    for shift in moved {
        text.push_str(&format!(
            "  {}: {} over {}: {:.2} then, {:.2} now\n",
            shift.case, shift.contestant, shift.over, shift.before, shift.after
        ));
    }
    text
}

#[cfg(test)]
#[path = "table_tests.rs"]
mod tests;
