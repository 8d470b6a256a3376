//! Writes a world: `cargo run -p tieline-synth --example write_world -- SEED tiny|small FOLDER`.

use std::error::Error;
use std::path::Path;

use tieline_synth::{WorldOptions, write_world};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [seed, size, folder] = arguments.as_slice() else {
        return Err("arguments: SEED tiny|small FOLDER".into());
    };
    write_world(
        &WorldOptions {
            seed: seed.parse()?,
            size: size.parse()?,
        },
        Path::new(folder),
    )?;
    Ok(())
}
