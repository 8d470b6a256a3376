//! What several layers of ranges with validity say about each address and moment.

/// A range of addresses that holds for a span of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// The first address.
    pub first: u128,
    /// The last address, included.
    pub last: u128,
    /// The first moment, in any unit.
    pub from: i64,
    /// The moment from which on the row no longer holds.
    pub to: i64,
}

/// A rectangle of addresses and time within which the same rows hold throughout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// The first address.
    pub first: u128,
    /// The last address, included.
    pub last: u128,
    /// The first moment.
    pub from: i64,
    /// The moment from which on the cell no longer holds.
    pub to: i64,
    /// For each layer the position in it of the row that holds here, if one does.
    pub rows: Vec<Option<usize>>,
}

/// Lays the layers over each other and returns the cells in which at least one row holds.
///
/// The cells are disjoint, ordered by (`first`, `from`), and neighbours in which the same rows hold are one cell as far
/// as rectangles allow. A layer should hold at most one row for an address and moment; where it holds more, the later
/// one in the layer counts. Rows that cover nothing (`first > last` or `from >= to`) are ignored.
///
/// ```
/// use tieline_index::{Row, overlay};
///
/// let wide = vec![Row { first: 0, last: 9, from: 0, to: 100 }];
/// let narrow = vec![Row { first: 4, last: 9, from: 0, to: 100 }];
/// let cells = overlay(&[wide, narrow]);
/// assert_eq!(cells.len(), 2);
/// assert_eq!(cells[0].rows, [Some(0), None]);
/// assert_eq!(cells[1].rows, [Some(0), Some(0)]);
/// ```
pub fn overlay(layers: &[Vec<Row>]) -> Vec<Cell> {
    let mut rows: Vec<(usize, usize)> = Vec::new();
    for (layer, layer_rows) in layers.iter().enumerate() {
        let covering = layer_rows
            .iter()
            .enumerate()
            .filter(|(_, row)| row.first <= row.last && row.from < row.to);
        rows.extend(covering.map(|(index, _)| (layer, index)));
    }
    rows.sort_by_key(|&(layer, index)| layers[layer][index].first);
    let mut starts = rows.into_iter().peekable();

    let mut cells = Cells::default();
    let mut active: Vec<(usize, usize)> = Vec::new();
    let mut cursor = 0;
    loop {
        active.retain(|&(layer, index)| layers[layer][index].last >= cursor);
        while let Some(row) = starts.next_if(|&(layer, index)| layers[layer][index].first <= cursor) {
            active.push(row);
        }
        let next_first = starts.peek().map(|&(layer, index)| layers[layer][index].first);
        let Some(first_end) = active
            .iter()
            .map(|&(layer, index)| layers[layer][index].last)
            .min()
        else {
            match next_first {
                Some(first) => cursor = first,
                None => return cells.closed,
            }
            continue;
        };
        let end = next_first.map_or(first_end, |first| first_end.min(first - 1));
        cells.append_strip(cursor, end, time_cells(layers, &mut active));
        match end.checked_add(1) {
            Some(following) => cursor = following,
            None => return cells.closed,
        }
    }
}

/// A span of time in which the same rows hold.
type TimeCell = (i64, i64, Vec<Option<usize>>);

/// Cuts the time of a strip of addresses where the active rows begin and end.
fn time_cells(layers: &[Vec<Row>], active: &mut [(usize, usize)]) -> Vec<TimeCell> {
    // In the order of the input, so that the later of two rows of one layer overwrites the earlier.
    active.sort_unstable();
    let mut times: Vec<i64> = Vec::with_capacity(active.len() * 2);
    for &(layer, index) in active.iter() {
        times.extend([layers[layer][index].from, layers[layer][index].to]);
    }
    times.sort_unstable();
    times.dedup();

    let mut cells: Vec<TimeCell> = Vec::new();
    for span in times.windows(2) {
        let mut rows = vec![None; layers.len()];
        for &(layer, index) in active.iter() {
            let row = &layers[layer][index];
            if row.from <= span[0] && span[1] <= row.to {
                rows[layer] = Some(index);
            }
        }
        if rows.iter().all(Option::is_none) {
            continue;
        }
        match cells.last_mut() {
            Some((_, to, previous)) if *to == span[0] && *previous == rows => *to = span[1],
            _ => cells.push((span[0], span[1], rows)),
        }
    }
    cells
}

/// The cells found so far, and which of them the next strip may continue.
#[derive(Default)]
struct Cells {
    closed: Vec<Cell>,
    /// Positions in `closed` of the cells of the strip before.
    previous_strip: Vec<usize>,
}

impl Cells {
    /// Adds a strip of addresses, continuing the cells of the strip before where nothing changed.
    fn append_strip(&mut self, first: u128, last: u128, time_cells: Vec<TimeCell>) {
        let mut strip = Vec::with_capacity(time_cells.len());
        for (from, to, rows) in time_cells {
            let continued = self.previous_strip.iter().copied().find(|&position| {
                let cell = &self.closed[position];
                cell.last.checked_add(1) == Some(first)
                    && cell.from == from
                    && cell.to == to
                    && cell.rows == rows
            });
            if let Some(position) = continued {
                self.closed[position].last = last;
                strip.push(position);
            } else {
                strip.push(self.closed.len());
                self.closed.push(Cell {
                    first,
                    last,
                    from,
                    to,
                    rows,
                });
            }
        }
        self.previous_strip = strip;
    }
}

#[cfg(test)]
#[path = "overlay_tests.rs"]
mod tests;
