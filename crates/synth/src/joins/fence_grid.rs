//! Which fences a point may lie in, and does lie in: for the answers.

use super::fence::{Fence, HEIGHT, SOUTH, WEST, WIDTH};

const CELLS: usize = 1024;

/// Fences by the cells of a grid that their boxes touch.
#[derive(Debug)]
pub(super) struct FenceGrid {
    fences: Vec<Fence>,
    /// Where each cell's fences begin in `entries`; one more than there are cells.
    starts: Vec<u32>,
    entries: Vec<u32>,
}

impl FenceGrid {
    pub(super) fn new(fences: Vec<Fence>) -> Self {
        let mut starts = vec![0u32; CELLS * CELLS + 1];
        for fence in &fences {
            cells(fence).for_each(|cell| starts[cell + 1] += 1);
        }
        for cell in 0..CELLS * CELLS {
            starts[cell + 1] += starts[cell];
        }
        let mut next = starts.clone();
        let mut entries = vec![0; starts[CELLS * CELLS] as usize];
        for (number, fence) in fences.iter().enumerate() {
            for cell in cells(fence) {
                entries[next[cell] as usize] = number as u32;
                next[cell] += 1;
            }
        }
        Self {
            fences,
            starts,
            entries,
        }
    }

    pub(super) fn fences(&self) -> &[Fence] {
        &self.fences
    }

    /// The fences that contain a point.
    pub(super) fn containing(&self, lon: f64, lat: f64) -> impl Iterator<Item = usize> + '_ {
        let cell = cell(lon, WEST, WIDTH) + CELLS * cell(lat, SOUTH, HEIGHT);
        let entries = &self.entries[self.starts[cell] as usize..self.starts[cell + 1] as usize];
        let fences = entries.iter().map(|number| *number as usize);
        fences.filter(move |number| self.fences[*number].contains(lon, lat))
    }
}

/// The column of a longitude, or the row of a latitude; the outermost ones hold what is beyond.
fn cell(degrees: f64, start: f64, extent: f64) -> usize {
    (((degrees - start) / extent * CELLS as f64).max(0.0) as usize).min(CELLS - 1)
}

fn cells(fence: &Fence) -> impl Iterator<Item = usize> + use<> {
    let [west, south, east, north] = fence.bounds;
    let columns = cell(west, WEST, WIDTH)..=cell(east, WEST, WIDTH);
    let rows = cell(south, SOUTH, HEIGHT)..=cell(north, SOUTH, HEIGHT);
    rows.flat_map(move |row| columns.clone().map(move |column| column + CELLS * row))
}
