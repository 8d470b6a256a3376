//! The picture in the documentation is the one that the example draws.

#[expect(dead_code, reason = "`main` is the example's own")]
#[path = "../examples/fence_cells.rs"]
mod fence_cells;

#[test]
fn the_picture_in_the_documentation_is_what_the_example_draws() {
    let drawn = fence_cells::picture().unwrap();
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/images/fence-cells.svg");
    let kept = std::fs::read_to_string(file).unwrap();
    assert!(
        drawn == kept,
        "docs/images/fence-cells.svg is another picture; draw it again: \
         cargo run -p tieline-index --example fence_cells > docs/images/fence-cells.svg"
    );
}
