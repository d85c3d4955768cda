//! `plimsoll query EXPR`: ask the model in the Common Expression Language (CEL).
//!
//! The variables are the fields of the JSON form (`plimsoll survey --format json`): `components`, `calls`, `topics`,
//! `interfaces`, `deployments`, `facts`, `environments`, `loose`, `not_read`, `problems` and the others. `cel` parses; the
//! evaluation is ours, since that crate bounds no cost, says no place in an error, and walks mappings in no order. Here
//! every step is counted, and the same expression over the same model gives the same bytes.
//!
//! ```text
//! calls.filter(c, c.protocol == "grpc").map(c, c.from)
//! components.filter(c, !deployments.exists(d, d.component == c.id && d.readiness != null)).map(c, c.id)
//! ```
//!
//! Not here: regular expressions (`matches`), times, and optional values of CEL.

mod error;
mod evaluate;
mod functions;
mod value;

pub(crate) use error::QueryError;

use cel::Program;
use plimsoll_model::Model;
use plimsoll_model::json::ModelJson;

use evaluate::Evaluation;

/// The longest expression, in characters. A chain of a thousand operators still fits the stack of the parser.
pub(crate) const LENGTH_MAX: usize = 2_000;

/// How deep brackets may nest. The parser takes up to a tenth of a small stack (2 MiB) for each level.
pub(crate) const BRACKETS_MAX: usize = 10;

/// Steps that one query may take: a few seconds. A step is one part of the expression, evaluated once.
pub(crate) const STEPS_MAX: u64 = 50_000_000;

/// The longest answer, in JSON values: all facts of ten thousand components.
pub(crate) const VALUES_MAX: u64 = 5_000_000;

/// What an expression says of a model, as JSON.
///
/// Cost: the JSON form of the model once, then at most [`STEPS_MAX`] steps.
///
/// # Errors
/// The expression cannot be parsed, names what is not there, compares what cannot be compared, or takes too many steps;
/// the error says where.
///
/// # Source
/// CEL: <https://github.com/google/cel-spec/blob/master/doc/langdef.md>.
pub(crate) fn query(model: &Model, expression: &str) -> Result<serde_json::Value, QueryError> {
    let form = serde_json::to_value(ModelJson::of(model))
        .map_err(|error| QueryError::whole(expression, format!("the model has no JSON form: {error}")))?;
    evaluate(&form, expression, STEPS_MAX)
}

/// What an expression says of a JSON object, whose fields are the variables.
fn evaluate(form: &serde_json::Value, expression: &str, steps: u64) -> Result<serde_json::Value, QueryError> {
    let length = expression.chars().count();
    if length > LENGTH_MAX {
        let message = format!("the expression has {length} characters, more than {LENGTH_MAX}; shorten it");
        return Err(QueryError::whole(expression, message));
    }
    let depth = brackets(expression);
    if depth > BRACKETS_MAX {
        let message = format!("brackets nest {depth} deep, more than {BRACKETS_MAX}; ask in simpler steps");
        return Err(QueryError::whole(expression, message));
    }
    let program = Program::compile(expression).map_err(|errors| QueryError::parse(expression, &errors))?;
    let mut evaluation = Evaluation::new(form, steps);
    let value = evaluation.run(program.expression()).map_err(|error| error.shown(expression, &program))?;
    let mut left = VALUES_MAX;
    value.count(&mut left).and_then(|()| value.json()).map_err(|message| QueryError::whole(expression, message))
}

/// How deep brackets nest, those inside of strings counted too.
fn brackets(expression: &str) -> usize {
    let (mut depth, mut deepest) = (0usize, 0);
    for letter in expression.chars() {
        match letter {
            '(' | '[' | '{' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

#[cfg(test)]
mod tests;
