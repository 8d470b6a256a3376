//! All functions, and how a session gets them.

use std::sync::Arc;

use datafusion::arrow::datatypes::DataType;
use datafusion::common::plan_err;
use datafusion::common::types::DFExtensionTypeRef;
use datafusion::execution::session_state::SessionStateBuilder;
use datafusion::logical_expr::ScalarUDF;
use datafusion::logical_expr::planner::ExprPlanner;
use datafusion::logical_expr::registry::{
    ExtensionTypeRegistration, ExtensionTypeRegistry, MemoryExtensionTypeRegistry,
};

use crate::address::{ADDRESS_EXTENSION, ADDRESS_TYPE, PrintedAddress};
use crate::address_literals::{AddressLiteralPlanner, AddressLiterals};
use crate::duration_literals::DurationLiterals;
use crate::epoch_conditions::EpochConditions;
use crate::gap_literals::GapLiteralPlanner;
use crate::geometry::{PrintedGeometry, WKB_EXTENSION};
use crate::moment_literals::MomentLiterals;
use crate::network_conditions::NetworkConditions;
use crate::relation_literals::RelationLiterals;
use crate::text_copies::TextCopies;

/// Every SQL function of this crate, in alphabetical order.
pub fn functions() -> Vec<Arc<ScalarUDF>> {
    [
        crate::geofence_relation::geofence_relation(),
        crate::ip::ip(),
        crate::ip_family::ip_family(),
        crate::ip_in_cidr::ip_in_cidr(),
        crate::ip_in_range::ip_in_range(),
        crate::ip_is_special::ip_is_special(),
        crate::ip_network::ip_network(),
        crate::ip_text::ip_text(),
        crate::st_area::st_area(),
        crate::st_asbinary::st_asbinary(),
        crate::st_astext::st_astext(),
        crate::st_centroid::st_centroid(),
        crate::st_contains::st_contains(),
        crate::st_coveredby::st_coveredby(),
        crate::st_covers::st_covers(),
        crate::st_disjoint::st_disjoint(),
        crate::st_distance::st_distance(),
        crate::st_distancespheroid::st_distancespheroid(),
        crate::st_dwithin::st_dwithin(),
        crate::st_dwithinspheroid::st_dwithinspheroid(),
        crate::st_envelope::st_envelope(),
        crate::st_geomfromtext::st_geomfromtext(),
        crate::st_geomfromwkb::st_geomfromwkb(),
        crate::st_intersects::st_intersects(),
        crate::st_isvalid::st_isvalid(),
        crate::st_point::st_point(),
        crate::st_within::st_within(),
        crate::st_x::st_x(),
        crate::st_y::st_y(),
        crate::time_gap::time_gap(),
    ]
    .map(Arc::new)
    .to_vec()
}

/// Gives a session the functions, the comparison of addresses with text, of gaps and differences of times with intervals and of networks with literals, and the
/// printing of addresses and geometries.
///
/// Call it after `with_default_features` and after the builder's own analyzer rules, if any, are set: what is there
/// is kept, except for a registry of extension types, which is replaced by the canonical one with ours added.
pub fn configure(mut builder: SessionStateBuilder) -> SessionStateBuilder {
    builder
        .scalar_functions()
        .get_or_insert_with(Vec::new)
        .extend(functions());
    // First, because the planners that come with DataFusion would plan the comparison as it stands.
    let ours: [Arc<dyn ExprPlanner>; 2] = [Arc::new(AddressLiteralPlanner), Arc::new(GapLiteralPlanner)];
    builder
        .expr_planners()
        .get_or_insert_with(Vec::new)
        .splice(0..0, ours);
    // Before type coercion, which refuses to compare bytes with text.
    let rules = &mut builder.analyzer().get_or_insert_default().rules;
    rules.insert(0, Arc::new(AddressLiterals));
    // Before it too: it makes an interval of a difference.
    rules.insert(0, Arc::new(DurationLiterals));
    rules.insert(0, Arc::new(RelationLiterals));
    rules.insert(0, Arc::new(TextCopies));
    // After constants are folded, before conditions are pushed down to the scans.
    let rules = &mut builder.optimizer().get_or_insert_default().rules;
    let folded = rules
        .iter()
        .rposition(|rule| rule.name() == "simplify_expressions");
    rules.insert(folded.map_or(0, |folded| folded + 1), Arc::new(NetworkConditions));
    // Before conditions are simplified: by what a cast says, they are.
    rules.insert(0, Arc::new(EpochConditions));
    // After that and before those too: it looks at casts that they would take away.
    rules.insert(1, Arc::new(MomentLiterals));
    builder.with_extension_type_registry(Arc::new(extension_types()))
}

/// The canonical extension types and ours.
fn extension_types() -> MemoryExtensionTypeRegistry {
    let registry = MemoryExtensionTypeRegistry::new_with_canonical_extension_types();
    let ours = [
        ExtensionTypeRegistration::new_arc(ADDRESS_EXTENSION, |storage, _| {
            if storage != &ADDRESS_TYPE {
                return plan_err!("{ADDRESS_EXTENSION} is stored as {ADDRESS_TYPE}, not as {storage}");
            }
            Ok(Arc::new(PrintedAddress) as DFExtensionTypeRef)
        }),
        ExtensionTypeRegistration::new_arc(WKB_EXTENSION, |storage: &DataType, _| {
            Ok(Arc::new(PrintedGeometry(storage.clone())) as DFExtensionTypeRef)
        }),
    ];
    for registration in ours {
        // A registry in memory accepts every name.
        let _ = registry.add_extension_type_registration(registration);
    }
    registry
}

#[cfg(test)]
#[path = "register_tests.rs"]
mod tests;
