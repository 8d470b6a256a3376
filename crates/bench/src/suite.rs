//! What is asked: suites and their cases.

use std::fmt;
use std::str::FromStr;

/// A kind of join.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Suite {
    /// Addresses in prefixes that nest and overlap.
    Ranges,
    /// Points in fences.
    Fences,
    /// The same address within a band of time.
    Bands,
    /// Fence and band together: the investigation's heart.
    Nexus,
}

impl Suite {
    /// Every suite, in the order in which they run.
    pub const ALL: [Self; 4] = [Self::Ranges, Self::Fences, Self::Bands, Self::Nexus];

    /// The name on the command line, and of the file with its bare scan.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ranges => "ranges",
            Self::Fences => "fences",
            Self::Bands => "bands",
            Self::Nexus => "nexus",
        }
    }

    /// The tables that its cases read; `fences` is the case's own.
    pub fn tables(self) -> &'static [&'static str] {
        match self {
            Self::Ranges => &["report_addresses", "prefixes"],
            Self::Fences => &["observations", "fences"],
            Self::Bands => &["observations", "report_addresses"],
            Self::Nexus => &["observations", "report_addresses", "fences"],
        }
    }
}

impl fmt::Display for Suite {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl FromStr for Suite {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|suite| suite.name() == text);
        found.ok_or_else(|| "not a suite: ranges, fences, bands, nexus".to_owned())
    }
}

/// In which world a case runs when none is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorldKind {
    /// At the scale asked for, with the generator's defaults.
    Plain,
    /// At a tenth of the scale, with 5 % of the rows on 20 addresses.
    Skewed,
    /// At the scale asked for, with two thirds of the observations in one of the 44 fences.
    Inside,
}

/// One question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Case {
    /// Its name: the stem of its SQL files.
    pub name: &'static str,
    /// Its suite.
    pub suite: Suite,
    /// What is asked, in a line.
    pub question: &'static str,
    /// Where.
    pub world: WorldKind,
    /// The key of its answer in the world's `answers.json`.
    pub answer: &'static str,
    /// The stem of the file that `fences` stands for.
    pub fences: Option<&'static str>,
    /// The half width of the band in milliseconds.
    pub window_ms: Option<u64>,
}

const MINUTE_MS: u64 = 60_000;

/// Every case, suite by suite.
pub const CASES: [Case; 9] = [
    Case {
        question: "Every prefix that an address of a report lies in",
        ..case("ranges", Suite::Ranges)
    },
    Case {
        question: "Observations in 44 fences, counted by fence",
        fences: Some("fences_few"),
        ..case("fences_few", Suite::Fences)
    },
    Case {
        question: "Observations in many overlapping fences of 60 vertices",
        fences: Some("fences_many"),
        ..case("fences_many", Suite::Fences)
    },
    Case {
        question: "Observations in ten times as many fences of 50 vertices",
        fences: Some("fences_most"),
        ..case("fences_most", Suite::Fences)
    },
    Case {
        question: "The same address within an hour",
        window_ms: Some(60 * MINUTE_MS),
        ..case("bands_hour", Suite::Bands)
    },
    Case {
        question: "The same address within a day",
        window_ms: Some(24 * 60 * MINUTE_MS),
        ..case("bands_day", Suite::Bands)
    },
    Case {
        question: "The same address within 5 minutes, a tenth of the rows, 5 % of them on 20 addresses",
        world: WorldKind::Skewed,
        answer: "bands_5min",
        window_ms: Some(5 * MINUTE_MS),
        ..case("bands_skew", Suite::Bands)
    },
    Case {
        question: "Seen in one of 44 fences and in a report, at the same address within a day",
        fences: Some("fences_few"),
        window_ms: Some(24 * 60 * MINUTE_MS),
        ..case("nexus", Suite::Nexus)
    },
    Case {
        question: "The same where two thirds of the observations are in a fence",
        world: WorldKind::Inside,
        answer: "nexus",
        fences: Some("fences_few"),
        window_ms: Some(24 * 60 * MINUTE_MS),
        ..case("nexus_inside", Suite::Nexus)
    },
];

const fn case(name: &'static str, suite: Suite) -> Case {
    Case {
        name,
        suite,
        question: "",
        world: WorldKind::Plain,
        answer: name,
        fences: None,
        window_ms: None,
    }
}
