//! SQL functions by their names.

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::logical_expr::ScalarUDF;

/// The functions of `tieline-functions`.
#[derive(Debug, Clone)]
pub(crate) struct Functions(HashMap<String, Arc<ScalarUDF>>);

impl Default for Functions {
    fn default() -> Self {
        let functions = tieline_functions::functions();
        Self(
            functions
                .into_iter()
                .map(|function| (function.name().to_owned(), function))
                .collect(),
        )
    }
}

impl Functions {
    pub(crate) fn get(&self, name: &str) -> Option<Arc<ScalarUDF>> {
        self.0.get(name).cloned()
    }

    /// Whether it is that function, and not another one of the same name.
    pub(crate) fn holds(&self, function: &ScalarUDF) -> bool {
        self.0
            .get(function.name())
            .is_some_and(|own| own.as_ref() == function)
    }
}
