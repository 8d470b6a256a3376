//! The built index skips row groups and pages of the probe side.
