//! What every output says.

/// Printed under every count and every link, in every format.
pub const CAUTIONS: [&str; 3] = [
    "Volume is not prevalence: counts say what was reported and observed, not how much happens or where it happens most.",
    "People at a site may be victims: many are held there and forced to work; a device observed at a site accuses nobody.",
    "A link is a lead, never an identification: an address of a report was used by a device observed at a site at about that time.",
];
