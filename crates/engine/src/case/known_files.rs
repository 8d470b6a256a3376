//! Which source files a case has already.

use std::collections::HashSet;

use tieline_ingest::{Kind, SourceFile};

use super::ingest::IngestOptions;

/// The files of one kind that gave rows, and what the command says of those that it names now.
pub(super) struct KnownFiles {
    kind: Kind,
    /// What the command says of networks and sites: the same bytes under another kind or validity are other rows.
    said: String,
    identities: HashSet<String>,
}

impl KnownFiles {
    /// The query for the identities of the files of a kind that gave rows.
    pub(super) fn query(kind: Kind) -> String {
        let said = "coalesce(network_kind, ''), ' ', \
             coalesce(CAST(arrow_cast(valid_from, 'Int64') AS VARCHAR), ''), ' ', \
             coalesce(CAST(arrow_cast(valid_to, 'Int64') AS VARCHAR), '')";
        let identity = match kind {
            Kind::Networks => format!("concat(source_sha256, ' ', {said}, ' ', source_file)"),
            Kind::Sites => format!("concat(source_sha256, ' ', {said})"),
            Kind::Reports | Kind::Telemetry => "source_sha256".to_owned(),
        };
        format!(
            "SELECT DISTINCT arrow_cast({identity}, 'Utf8') FROM ledger WHERE kind = '{kind}' AND rows_loaded > 0"
        )
    }

    /// With what that query gave.
    pub(super) fn new(kind: Kind, options: &IngestOptions, identities: HashSet<String>) -> Self {
        let micros = |time: Option<i64>| time.map(|time| time.to_string()).unwrap_or_default();
        let said = format!(
            "{} {} {}",
            options.network_kind.as_deref().unwrap_or_default(),
            micros(options.valid_from_us),
            micros(options.valid_to_us)
        );
        Self {
            kind,
            said,
            identities,
        }
    }

    /// Whether a file has given the rows that it would give now.
    pub(super) fn has(&self, sha256: &str, source: &SourceFile) -> bool {
        self.identities.contains(&self.identity(sha256, source))
    }

    pub(super) fn add(&mut self, sha256: &str, source: &SourceFile) {
        self.identities.insert(self.identity(sha256, source));
    }

    /// What makes a file the same as another: its bytes; of networks its name, too, which says what kind of networks a list holds.
    fn identity(&self, sha256: &str, source: &SourceFile) -> String {
        match self.kind {
            Kind::Networks => format!("{sha256} {} {}", self.said, source.name),
            Kind::Sites => format!("{sha256} {}", self.said),
            Kind::Reports | Kind::Telemetry => sha256.to_owned(),
        }
    }
}
