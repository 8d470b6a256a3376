//! When a band can be a join over buckets.

use std::sync::Arc;

use datafusion::common::{JoinSide, JoinType, Result};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::joins::utils::build_join_schema;
use datafusion::physical_plan::joins::{HashJoinExec, PartitionMode};

use super::super::recognise::BandPredicate;
use super::exec::{BUCKET, BandBucketsExec, BandBucketsParts};
use crate::plan::{PlannedJoin, side_and_other};

/// The join over buckets, where `fewer` is the side with fewer rows; or why there is none.
pub(in super::super) fn plan(
    band: &BandPredicate,
    join: &PlannedJoin<'_>,
    fewer: JoinSide,
    why: &str,
) -> Result<Result<Arc<dyn ExecutionPlan>, &'static str>> {
    let [bound] = band.bounds.as_slice() else {
        return Ok(Err("the band is not as wide for every row"));
    };
    let Some(repeated) = repeated_side(join.join_type(), fewer) else {
        return Ok(Err("rows of both sides are kept, and one side would be repeated"));
    };
    let (point_side, bound_side) = side_and_other(band.point_left);
    let buckets = |side: JoinSide| {
        let time = if side == point_side { &band.point } else { bound };
        // Where in the times of the other side a row's matches lie.
        let (first, last) = match (side == repeated, side == bound_side) {
            (false, _) => (0, 0),
            (true, true) => (band.low, band.high),
            (true, false) => (-band.high, -band.low),
        };
        BandBucketsExec::try_new(BandBucketsParts {
            input: Arc::clone(join.input(side)),
            time: join.physical(time, side)?,
            unit: band.unit,
            first,
            last,
            // A band that holds nothing has buckets too.
            width: u64::try_from(i128::from(band.high) - i128::from(band.low) + 1)
                .map_or(1, |width| width.max(1)),
            keeps_null: side != repeated,
            safe: band.safe,
            why: join.why(why.to_owned()),
        })
    };
    let (left, right) = (buckets(JoinSide::Left)?, buckets(JoinSide::Right)?);
    let bucket = |side: &BandBucketsExec| -> Arc<dyn PhysicalExpr> {
        Arc::new(Column::new(BUCKET, side.parts().input.schema().fields().len()))
    };
    let mut on = join.hash_keys()?;
    on.push((bucket(&left), bucket(&right)));
    let (_, columns) = build_join_schema(&left.schema(), &right.schema(), &join.join_type());
    let of_input = |side: JoinSide, column: usize| match side {
        JoinSide::None => true,
        side => column < join.input(side).schema().fields().len(),
    };
    let own = columns.iter().enumerate();
    let own = own.filter(|(_, column)| of_input(column.side, column.index));
    let projection = own.map(|(position, _)| position).collect();
    Ok(Ok(Arc::new(HashJoinExec::try_new(
        Arc::new(left),
        Arc::new(right),
        on,
        join.whole_filter()?,
        &join.join_type(),
        Some(projection),
        PartitionMode::Auto,
        join.null_equality(),
        false,
    )?)))
}

/// The side whose rows may come several times: none of them comes out by itself.
fn repeated_side(join_type: JoinType, fewer: JoinSide) -> Option<JoinSide> {
    match join_type {
        JoinType::Inner => Some(fewer),
        JoinType::Left | JoinType::LeftSemi | JoinType::LeftAnti | JoinType::LeftMark => {
            Some(JoinSide::Right)
        }
        JoinType::Right | JoinType::RightSemi | JoinType::RightAnti | JoinType::RightMark => {
            Some(JoinSide::Left)
        }
        JoinType::Full => None,
    }
}
