//! Walks the parsed expression. Each part of it that is evaluated is one step; what copies costs more.

use cel::common::ast::{CallExpr, ComprehensionExpr, EntryExpr, Expr, IdedExpr, LiteralValue, SelectExpr, operators};
use plimsoll_read::plimsoll_yaml::near::{listed, nearest};
use serde_json::Value as Json;

use super::error::Failure;
use super::functions;
use super::value::Value;

/// Fields of the JSON form that are left out where they say nothing; here they are null.
const OPTIONAL: [&str; 3] = ["because", "supports", "via"];

/// What a part of the expression comes to.
pub(super) type Outcome<'m> = Result<Value<'m>, Failure>;

/// One evaluation: the model's JSON form, the names that hold, and the steps that are left.
pub(super) struct Evaluation<'m> {
    form: &'m Json,
    names: Vec<(&'m str, Outcome<'m>)>,
    steps_left: u64,
    steps_max: u64,
    depth: usize,
}

/// How deep parts of an expression may nest, chains of operators included.
const DEPTH_MAX: usize = 250;

impl<'m> Evaluation<'m> {
    /// Ready to run an expression.
    pub(super) fn new(form: &'m Json, steps: u64) -> Self {
        Self { form, names: Vec::new(), steps_left: steps, steps_max: steps, depth: 0 }
    }

    /// Counts steps; fails for good when none are left.
    pub(super) fn spend(&mut self, at: u64, steps: u64) -> Result<(), Failure> {
        match self.steps_left.checked_sub(steps) {
            Some(left) => {
                self.steps_left = left;
                Ok(())
            }
            None => {
                let message = format!(
                    "the query takes more than {} steps and is given up; filter the outer list first, or ask of fewer parts",
                    self.steps_max
                );
                Err(Failure { at, message, last: true })
            }
        }
    }

    /// Evaluates a part of the expression.
    pub(super) fn run(&mut self, part: &'m IdedExpr) -> Outcome<'m> {
        self.spend(part.id, 1)?;
        if self.depth >= DEPTH_MAX {
            let message = format!("the expression nests more than {DEPTH_MAX} deep here; ask in simpler steps");
            return Err(Failure { at: part.id, message, last: true });
        }
        self.depth += 1;
        let outcome = self.part(part);
        self.depth -= 1;
        outcome
    }

    fn part(&mut self, part: &'m IdedExpr) -> Outcome<'m> {
        match &part.expr {
            Expr::Literal(literal) => literal_value(literal, part.id),
            Expr::Ident(name) => self.name(name, part.id),
            Expr::Select(select) => self.select(select, part.id),
            Expr::Call(call) => self.call(call, part.id),
            Expr::Comprehension(comprehension) => self.comprehension(comprehension, part.id),
            Expr::List(list) => {
                let items: Result<Vec<_>, _> = list.elements.iter().map(|item| self.run(item)).collect();
                Ok(Value::list(items?))
            }
            Expr::Map(map) => {
                let mut entries: Vec<(Value<'m>, Value<'m>)> = Vec::with_capacity(map.entries.len());
                for entry in &map.entries {
                    let EntryExpr::MapEntry(entry) = &entry.expr else {
                        return Err(Failure::new(
                            part.id,
                            "messages cannot be made here; write a map `{\"key\": value}`",
                        ));
                    };
                    let key = self.run(&entry.key)?;
                    if entries.iter().any(|(own, _)| own.equals(&key)) {
                        return Err(Failure::new(
                            entry.key.id,
                            format!("the key `{}` is given twice; keep one", key.spelled()),
                        ));
                    }
                    entries.push((key, self.run(&entry.value)?));
                }
                Ok(Value::map(entries))
            }
            Expr::Struct(_) | Expr::Unspecified => {
                Err(Failure::new(part.id, "messages cannot be made here; write a map `{\"key\": value}`"))
            }
        }
    }

    fn name(&mut self, name: &'m str, at: u64) -> Outcome<'m> {
        if let Some((_, value)) = self.names.iter().rev().find(|(own, _)| *own == name) {
            return value.clone();
        }
        if let Some(value) = self.form.get(name) {
            return Ok(Value::of(value));
        }
        let fields = self.form.as_object().map(|fields| fields.keys().map(String::as_str).collect::<Vec<_>>());
        let inner = self.names.iter().map(|(own, _)| *own).filter(|own| !own.starts_with('@'));
        let known: Vec<&str> = inner.chain(fields.unwrap_or_default()).collect();
        let cure = match nearest(name, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("known are {}", listed(known)),
        };
        Err(Failure::new(at, format!("nothing is called `{name}` here; {cure}")))
    }

    fn select(&mut self, select: &'m SelectExpr, at: u64) -> Outcome<'m> {
        let of = self.run(&select.operand)?;
        let field = select.field.as_str();
        let found = of.field(&Value::Str(field));
        if select.test {
            return match of.is_map() {
                true => Ok(Value::Bool(found.is_some_and(|value| !matches!(value, Value::Null)))),
                false => {
                    Err(Failure::new(at, format!("{} has no fields, so `has` cannot ask for `{field}`", of.kind())))
                }
            };
        }
        match found {
            Some(value) => Ok(value),
            None if of.is_map() && OPTIONAL.contains(&field) => Ok(Value::Null),
            None => Err(Failure::new(at, missing(&of, field))),
        }
    }

    fn call(&mut self, call: &'m CallExpr, at: u64) -> Outcome<'m> {
        let name = call.func_name.as_str();
        match (name, call.args.as_slice()) {
            (operators::LOGICAL_AND, [a, b]) => self.logical(a, b, false, at),
            (operators::LOGICAL_OR, [a, b]) => self.logical(a, b, true, at),
            (operators::NOT_STRICTLY_FALSE, [a]) => match self.run(a) {
                Ok(Value::Bool(flag)) => Ok(Value::Bool(flag)),
                Err(failure) if failure.last => Err(failure),
                _ => Ok(Value::Bool(true)),
            },
            (operators::CONDITIONAL, [when, then, otherwise]) => match self.run(when)? {
                Value::Bool(true) => self.run(then),
                Value::Bool(false) => self.run(otherwise),
                other => Err(Failure::new(when.id, format!("`?` asks for a bool, and this is {}", other.kind()))),
            },
            (operators::INDEX, [of, index]) => {
                let (of, index) = (self.run(of)?, self.run(index)?);
                functions::index(&of, &index).map_err(|message| Failure::new(at, message))
            }
            _ if !functions::is_known(name) => Err(Failure::new(at, functions::unknown(name))),
            _ => {
                let mut values = Vec::with_capacity(call.args.len() + 1);
                if let Some(target) = &call.target {
                    values.push(self.run(target)?);
                }
                for argument in &call.args {
                    values.push(self.run(argument)?);
                }
                let weight = values.iter().map(Value::weight).fold(0, u64::saturating_add);
                // What is joined is copied, item by item.
                self.spend(at, if name == operators::ADD { weight.saturating_mul(4) } else { weight / 4 })?;
                functions::apply(name, call.target.is_some(), &values).map_err(|message| Failure::new(at, message))
            }
        }
    }

    /// `&&` and `||`: a side that decides wins over a side that fails.
    fn logical(&mut self, a: &'m IdedExpr, b: &'m IdedExpr, decides: bool, at: u64) -> Outcome<'m> {
        let mut failure = None;
        for side in [a, b] {
            match self.run(side) {
                Ok(Value::Bool(flag)) if flag == decides => return Ok(Value::Bool(flag)),
                Ok(Value::Bool(_)) => {}
                Ok(other) => {
                    let sign = if decides { "||" } else { "&&" };
                    failure.get_or_insert(Failure::new(
                        at,
                        format!("`{sign}` joins bools, and one side is {}", other.kind()),
                    ));
                }
                Err(error) if error.last => return Err(error),
                Err(error) => {
                    failure.get_or_insert(error);
                }
            }
        }
        failure.map_or(Ok(Value::Bool(!decides)), Err)
    }

    fn comprehension(&mut self, loops: &'m ComprehensionExpr, at: u64) -> Outcome<'m> {
        let range = self.run(&loops.iter_range)?;
        let Some(items) = range.items() else {
            let message = format!("this is {}, and `all`, `exists`, `map` and `filter` go over a list", range.kind());
            return Err(Failure::new(loops.iter_range.id, message));
        };
        self.spend(at, items.len() as u64)?;
        let depth = self.names.len();
        let outcome = match appended(loops) {
            Some((when, what)) => self.collect(loops, items, when, what),
            None => self.fold(loops, items),
        };
        self.names.truncate(depth);
        outcome
    }

    /// `map` and `filter`: what they append, where their condition holds.
    fn collect(
        &mut self,
        loops: &'m ComprehensionExpr,
        items: Vec<Value<'m>>,
        when: Option<&'m IdedExpr>,
        what: &'m IdedExpr,
    ) -> Outcome<'m> {
        let mut out = Vec::new();
        for item in items {
            self.names.push((&loops.iter_var, Ok(item)));
            let keep = match when.map(|when| (when.id, self.run(when))) {
                None | Some((_, Ok(Value::Bool(true)))) => true,
                Some((_, Ok(Value::Bool(false)))) => false,
                Some((at, Ok(other))) => {
                    return Err(Failure::new(at, format!("`filter` asks for a bool, and this is {}", other.kind())));
                }
                Some((_, Err(failure))) => return Err(failure),
            };
            if keep {
                out.push(self.run(what)?);
            }
            self.names.pop();
        }
        Ok(Value::list(out))
    }

    /// `all`, `exists` and `exists_one`: the value so far is a name of its own. It may be a failure that a later item
    /// makes good.
    fn fold(&mut self, loops: &'m ComprehensionExpr, items: Vec<Value<'m>>) -> Outcome<'m> {
        let mut so_far = self.run(&loops.accu_init);
        for item in items {
            self.names.push((&loops.accu_var, so_far.clone()));
            let go_on = self.run(&loops.loop_cond)?;
            if !matches!(go_on, Value::Bool(true)) {
                self.names.pop();
                break;
            }
            self.names.push((&loops.iter_var, Ok(item)));
            so_far = self.run(&loops.loop_step);
            self.names.truncate(self.names.len().saturating_sub(2));
            if let Err(failure) = &so_far
                && (failure.last || !is_logical(&loops.loop_step))
            {
                return so_far;
            }
        }
        self.names.push((&loops.accu_var, so_far));
        self.run(&loops.result)
    }
}

fn is_logical(part: &IdedExpr) -> bool {
    matches!(&part.expr, Expr::Call(call) if matches!(call.func_name.as_str(), operators::LOGICAL_AND | operators::LOGICAL_OR))
}

/// The condition and the appended value of a `map` or `filter`, as the parser writes them out: `@result + [what]`, or
/// `when ? @result + [what] : @result`.
fn appended(loops: &ComprehensionExpr) -> Option<(Option<&IdedExpr>, &IdedExpr)> {
    let Expr::List(list) = &loops.accu_init.expr else { return None };
    let Expr::Call(step) = &loops.loop_step.expr else { return None };
    let result = matches!(&loops.result.expr, Expr::Ident(name) if *name == loops.accu_var);
    if !list.elements.is_empty() || !result {
        return None;
    }
    let append = |call: &'_ CallExpr| call.func_name == operators::ADD;
    let what = |call| -> Option<&IdedExpr> {
        let call: &CallExpr = call;
        match (&call.args.first()?.expr, &call.args.get(1)?.expr) {
            (Expr::Ident(name), Expr::List(list)) if *name == loops.accu_var => list.elements.first(),
            _ => None,
        }
    };
    match (step.func_name.as_str(), step.args.as_slice()) {
        (operators::ADD, _) => what(step).map(|what| (None, what)),
        (operators::CONDITIONAL, [when, then, _]) => match &then.expr {
            Expr::Call(call) if append(call) => what(call).map(|what| (Some(when), what)),
            _ => None,
        },
        _ => None,
    }
}

fn literal_value<'m>(literal: &'m LiteralValue, at: u64) -> Outcome<'m> {
    Ok(match literal {
        LiteralValue::Boolean(flag) => Value::Bool(*flag.inner()),
        LiteralValue::Int(int) => Value::Int(*int.inner()),
        LiteralValue::UInt(uint) => Value::Uint(*uint.inner()),
        LiteralValue::Double(double) => Value::Double(*double.inner()),
        LiteralValue::String(text) => Value::Str(text.inner()),
        LiteralValue::Null => Value::Null,
        LiteralValue::Bytes(_) => return Err(Failure::new(at, "bytes say nothing of a model; write a string")),
    })
}

fn missing(of: &Value<'_>, field: &str) -> String {
    let keys = if of.is_map() { of.items().unwrap_or_default() } else { Vec::new() };
    let keys: Vec<&str> = keys.iter().filter_map(Value::text).collect();
    if of.is_list() {
        return format!(
            "this is a list, and `{field}` is asked of one item; write `.map(x, x.{field})` or an index like `[0]`"
        );
    }
    if !of.is_map() {
        return format!("{} has no field `{field}`; fields are asked of objects", of.kind());
    }
    match nearest(field, keys.iter().copied()) {
        Some(near) => format!("there is no field `{field}` here; did you mean `{near}`?"),
        None => format!("there is no field `{field}` here; its fields are {}", listed(keys)),
    }
}
