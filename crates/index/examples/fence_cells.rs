//! Draws the cells that the grid makes of one fence, as an SVG:
//!
//! ```console
//! $ cargo run -p tieline-index --example fence_cells > docs/images/fence-cells.svg
//! ```

use std::error::Error;
use std::io::Write as _;

use tieline_index::fences::{CellKind, FenceCell, FenceStrategy, Fences, FencesError, Outlines, Rule};

/// The fence that is drawn, on a plane of nowhere: concave, with many short edges in two places.
const EXTERIOR: [(f64, f64); 56] = [
    (0.9, 2.6),
    (4.3, 0.7),
    (7.4, 1.8),
    (9.6, 0.6),
    // A few teeth in the south.
    (11.3, 1.0),
    (11.6, 1.7),
    (11.9, 1.1),
    (12.2, 1.8),
    (12.4, 1.1),
    (13.3, 1.2),
    (15.4, 3.5),
    (14.3, 5.2),
    (14.9, 6.2),
    // An inlet in the east.
    (14.0, 6.8),
    (13.6, 6.8),
    (13.4, 7.0),
    (13.6, 7.1),
    (13.2, 7.2),
    (13.0, 6.9),
    (12.8, 7.1),
    (13.1, 7.4),
    (12.8, 7.7),
    (13.0, 7.9),
    (13.3, 7.7),
    (13.4, 7.4),
    (13.6, 7.6),
    (13.5, 7.9),
    (13.7, 8.0),
    (14.0, 7.7),
    (13.9, 7.4),
    (14.0, 7.2),
    (15.5, 8.3),
    (12.9, 10.4),
    (10.4, 9.6),
    // A bay in the north.
    (9.3, 6.3),
    (8.1, 6.4),
    (7.6, 10.2),
    (4.9, 10.5),
    // A ragged coast in the north-west.
    (3.5, 9.4),
    (3.2, 9.1),
    (3.4, 8.8),
    (3.2, 8.6),
    (3.0, 8.9),
    (3.1, 9.2),
    (2.9, 9.4),
    (2.7, 9.1),
    (2.8, 8.8),
    (2.6, 8.6),
    (2.4, 8.9),
    (2.5, 9.2),
    (2.3, 9.1),
    (2.2, 8.7),
    (2.3, 8.4),
    (1.2, 8.7),
    (2.1, 6.8),
    (0.6, 5.1),
];

/// A hole in it.
const HOLE: [(f64, f64); 5] = [(3.4, 3.3), (5.9, 2.9), (7.2, 4.4), (5.4, 5.9), (3.3, 5.2)];

/// A neighbour, of which the outline alone is drawn.
const NEIGHBOUR: [(f64, f64); 4] = [(15.4, 3.5), (17.4, 2.6), (17.1, 6.0), (14.3, 5.2)];

/// A fence so far away that a cell of the coarse grid, which has 1022 either way, is one and a half wide.
const FAR_AWAY: [(f64, f64); 3] = [(1532.6, 1532.6), (1533.6, 1532.6), (1533.6, 1533.6)];

/// The least coordinate of the fence, either way: there the grid and the picture begin.
const ORIGIN: f64 = 0.6;
const PIXELS_PER_UNIT: f64 = 48.0;
const MARGIN_PX: f64 = 24.0;
const WIDTH_PX: f64 = 2.0 * MARGIN_PX + 16.8 * PIXELS_PER_UNIT;
/// The height without the legend, which is seven cells and a margin.
const PICTURE_PX: f64 = MARGIN_PX + 10.5 * PIXELS_PER_UNIT;
const LEGEND_PX: f64 = 50.0;

/// How cells are shaded, what the legend calls them, and where it does.
const SHADES: [(&str, &str, f64); 4] = [
    ("inside", "covered: matches without geometry", 0.0),
    ("one", "1 edge", 330.0),
    ("two", "2 edges", 460.0),
    ("many", "3 edges or more", 590.0),
];

/// Colours on a light page, and on a dark one.
const STYLE: &str = "\
text{font:13px system-ui,sans-serif;fill:#24292f}\
.page{fill:#fff}\
.cell{stroke:#fff;stroke-width:.7}\
.inside{fill:#a9cdea}.one{fill:#fbe3ae}.two{fill:#f7b24f}.many{fill:#e0702a}\
.fence{fill:none;stroke:#16324f;stroke-width:2;stroke-linejoin:round}\
.other{fill:none;stroke:#6e7781;stroke-width:1.5;stroke-dasharray:5 4}\
@media(prefers-color-scheme:dark){\
text{fill:#d0d7de}.page{fill:#0d1117}.cell{stroke:#0d1117}\
.inside{fill:#274c6d}.one{fill:#5c4a1d}.two{fill:#96691c}.many{fill:#d9662b}\
.fence{stroke:#e6edf3}.other{stroke:#8b949e}}";

fn main() -> Result<(), Box<dyn Error>> {
    std::io::stdout().write_all(picture()?.as_bytes())?;
    Ok(())
}

/// The picture.
pub(crate) fn picture() -> Result<String, FencesError> {
    let mut outlines = Outlines::new();
    outlines.push_polygon(0, [EXTERIOR.as_slice(), &HOLE].map(|ring| ring.iter().copied()))?;
    outlines.push_polygon(1, [NEIGHBOUR])?;
    outlines.push_polygon(2, [FAR_AWAY])?;
    let fences = Fences::build(outlines, Rule::Interior, FenceStrategy::Grid)?;
    let mut cells: Vec<FenceCell> = fences.cells_of(0).collect();
    // From the north, and from the west.
    cells.sort_by(|a, b| {
        b.bounds[3]
            .total_cmp(&a.bounds[3])
            .then(a.bounds[0].total_cmp(&b.bounds[0]))
    });

    let (width, height) = (WIDTH_PX.round(), (PICTURE_PX + LEGEND_PX).round());
    let size = format!(r#"width="{width}" height="{height}""#);
    let mut lines = vec![
        format!(r#"<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {width} {height}">"#),
        format!("<title>The cells of one fence in the grid</title><style>{STYLE}</style>"),
        format!(r#"<rect class="page" {size} rx="8"/>"#),
    ];
    for (shade, (class, meaning, x_px)) in SHADES.iter().enumerate() {
        let of_shade: Vec<&FenceCell> = cells.iter().filter(|cell| shade_of(cell.kind) == shade).collect();
        let squares: String = of_shade.iter().map(|cell| square(cell)).collect();
        lines.push(format!(r#"<path class="cell {class}" d="{squares}"/>"#));
        lines.extend(legend(*x_px, class, &format!("{meaning} ({})", of_shade.len())));
    }
    lines.push(format!(r#"<path class="other" d="{}"/>"#, ring(&NEIGHBOUR)));
    lines.push(format!(
        r#"<path class="fence" d="{}{}"/>"#,
        ring(&EXTERIOR),
        ring(&HOLE)
    ));
    lines.push("</svg>\n".to_owned());
    Ok(lines.join("\n"))
}

/// The place of a kind of cell in [`SHADES`].
fn shade_of(kind: CellKind) -> usize {
    match kind {
        CellKind::Inside => 0,
        CellKind::Boundary { edges: 0 | 1 } => 1,
        CellKind::Boundary { edges: 2 } => 2,
        CellKind::Boundary { .. } => 3,
    }
}

/// Where a place of the plane is on the page, whose y grows downwards.
fn on_page((x, y): (f64, f64)) -> (f64, f64) {
    let along = |number: f64| (number - ORIGIN) * PIXELS_PER_UNIT;
    (MARGIN_PX + along(x), PICTURE_PX - along(y))
}

fn square(cell: &FenceCell) -> String {
    let [west, south, east, north] = cell.bounds;
    let ((left, top), (right, bottom)) = (on_page((west, north)), on_page((east, south)));
    format!("M{left:.1} {top:.1}H{right:.1}V{bottom:.1}H{left:.1}z")
}

fn ring(vertices: &[(f64, f64)]) -> String {
    let places = vertices.iter().map(|&vertex| on_page(vertex));
    let places: Vec<String> = places.map(|(x, y)| format!("{x:.1} {y:.1}")).collect();
    format!("M{}z", places.join("L"))
}

/// A shade's square and words.
fn legend(x_px: f64, class: &str, words: &str) -> [String; 2] {
    let (x, y) = (MARGIN_PX + x_px, PICTURE_PX + 18.0);
    [
        format!(r#"<rect class="{class}" x="{x:.1}" y="{y:.1}" width="14" height="14"/>"#),
        format!(r#"<text x="{:.1}" y="{:.1}">{words}</text>"#, x + 21.0, y + 11.5),
    ]
}
