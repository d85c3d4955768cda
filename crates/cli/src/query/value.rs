//! Values of a query: views of the JSON form where they can be, so that nothing is copied, and what is made on the way.

use std::cmp::Ordering;
use std::rc::Rc;

use serde_json::Value as Json;

/// A value.
#[derive(Clone, Debug)]
pub(super) enum Value<'m> {
    /// Nothing.
    Null,
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A whole number that is not negative, written with `u`.
    Uint(u64),
    /// A number with a fraction.
    Double(f64),
    /// A text of the model or of the expression.
    Str(&'m str),
    /// A text that was made.
    Made(Rc<str>),
    /// A list of the model.
    Array(&'m [Json]),
    /// A mapping of the model.
    Object(&'m serde_json::Map<String, Json>),
    /// A list that was made, and its weight.
    List(Rc<Vec<Value<'m>>>, u64),
    /// A mapping that was made, in the order of the expression, and its weight.
    Map(Rc<Vec<(Value<'m>, Value<'m>)>>, u64),
}

impl<'m> Value<'m> {
    /// A view of a JSON value.
    pub(super) fn of(json: &'m Json) -> Self {
        match json {
            Json::Null => Self::Null,
            Json::Bool(flag) => Self::Bool(*flag),
            Json::String(text) => Self::Str(text),
            Json::Array(items) => Self::Array(items),
            Json::Object(fields) => Self::Object(fields),
            Json::Number(number) => match (number.as_i64(), number.as_u64()) {
                (Some(int), _) => Self::Int(int),
                (None, Some(uint)) => Self::Uint(uint),
                (None, None) => Self::Double(number.as_f64().unwrap_or(f64::NAN)),
            },
        }
    }

    /// A list that was made. Its items are shared, so that a short expression can make one of any weight.
    pub(super) fn list(items: Vec<Self>) -> Self {
        let weight = items.iter().map(Self::weight).fold(1, u64::saturating_add);
        Self::List(Rc::new(items), weight)
    }

    /// A mapping that was made.
    pub(super) fn map(entries: Vec<(Self, Self)>) -> Self {
        let weight = entries.iter().map(|(key, value)| key.weight().saturating_add(value.weight()));
        let weight = weight.fold(1, u64::saturating_add);
        Self::Map(Rc::new(entries), weight)
    }

    /// A text that was made.
    pub(super) fn made(text: impl Into<Rc<str>>) -> Self {
        Self::Made(text.into())
    }

    /// The word for its type.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a bool",
            Self::Int(_) => "an int",
            Self::Uint(_) => "a uint",
            Self::Double(_) => "a double",
            Self::Str(_) | Self::Made(_) => "a string",
            Self::Array(_) | Self::List(..) => "a list",
            Self::Object(_) | Self::Map(..) => "an object",
        }
    }

    /// Its text, where it is one.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Str(text) => Some(text),
            Self::Made(text) => Some(text),
            _ => None,
        }
    }

    /// What a comprehension goes over: items of a list, keys of a mapping.
    pub(super) fn items(&self) -> Option<Vec<Self>> {
        match self {
            Self::Array(items) => Some(items.iter().map(Self::of).collect()),
            Self::List(items, _) => Some(items.to_vec()),
            Self::Object(fields) => Some(fields.keys().map(|key| Self::Str(key)).collect()),
            Self::Map(entries, _) => Some(entries.iter().map(|(key, _)| key.clone()).collect()),
            _ => None,
        }
    }

    /// How many items, entries or letters it has.
    pub(super) fn size(&self) -> Option<usize> {
        match self {
            Self::Array(items) => Some(items.len()),
            Self::List(items, _) => Some(items.len()),
            Self::Object(fields) => Some(fields.len()),
            Self::Map(entries, _) => Some(entries.len()),
            _ => self.text().map(|text| text.chars().count()),
        }
    }

    /// The value under a key.
    pub(super) fn field(&self, key: &Self) -> Option<Self> {
        match self {
            Self::Object(fields) => fields.get(key.text()?).map(Self::of),
            Self::Map(entries, _) => entries.iter().find(|(own, _)| own.equals(key)).map(|(_, value)| value.clone()),
            _ => None,
        }
    }

    /// Equality as CEL has it: numbers by value, lists and mappings by content, different types are not equal.
    pub(super) fn equals(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::Bool(a), Self::Bool(b)) => a == b,
            _ if self.is_number() && other.is_number() => self.compare(other) == Some(Ordering::Equal),
            _ if self.is_list() && other.is_list() => {
                let (a, b) = (self.items().unwrap_or_default(), other.items().unwrap_or_default());
                a.len() == b.len() && a.iter().zip(&b).all(|(a, b)| a.equals(b))
            }
            _ if self.is_map() && other.is_map() => {
                let keys = self.items().unwrap_or_default();
                let same = |key: &Self| match (self.field(key), other.field(key)) {
                    (Some(a), Some(b)) => a.equals(&b),
                    _ => false,
                };
                self.size() == other.size() && keys.iter().all(same)
            }
            _ => self.text().is_some() && self.text() == other.text(),
        }
    }

    /// Order, where the two have one.
    pub(super) fn compare(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Bool(a), Self::Bool(b)) => Some(a.cmp(b)),
            (Self::Double(a), b) if b.is_number() => a.partial_cmp(&b.double()?),
            (a, Self::Double(b)) if a.is_number() => a.double()?.partial_cmp(b),
            (a, b) if a.is_number() && b.is_number() => Some(a.wide()?.cmp(&b.wide()?)),
            _ => Some(self.text()?.cmp(other.text()?)),
        }
    }

    /// Whether it is a list.
    pub(super) fn is_list(&self) -> bool {
        matches!(self, Self::Array(_) | Self::List(..))
    }

    /// Whether it is a mapping.
    pub(super) fn is_map(&self) -> bool {
        matches!(self, Self::Object(_) | Self::Map(..))
    }

    fn is_number(&self) -> bool {
        matches!(self, Self::Int(_) | Self::Uint(_) | Self::Double(_))
    }

    fn wide(&self) -> Option<i128> {
        match self {
            Self::Int(int) => Some(i128::from(*int)),
            Self::Uint(uint) => Some(i128::from(*uint)),
            _ => None,
        }
    }

    fn double(&self) -> Option<f64> {
        match self {
            Self::Double(double) => Some(*double),
            Self::Int(int) => Some(*int as f64),
            Self::Uint(uint) => Some(*uint as f64),
            _ => None,
        }
    }

    /// What comparing or joining it costs, in steps.
    pub(super) fn weight(&self) -> u64 {
        match self {
            Self::Str(text) => 1 + text.len() as u64 / 64,
            Self::Made(text) => 1 + text.len() as u64 / 64,
            Self::Array(items) => 1 + items.len() as u64,
            Self::List(_, weight) | Self::Map(_, weight) => *weight,
            Self::Object(fields) => 1 + fields.len() as u64,
            _ => 1,
        }
    }

    /// Counts the JSON values that it would be printed as; fails when there are more than are left.
    pub(super) fn count(&self, left: &mut u64) -> Result<(), String> {
        take(left, 1)?;
        match self {
            Self::Array(items) => items.iter().try_for_each(|item| count(item, left)),
            Self::Object(fields) => fields.values().try_for_each(|value| count(value, left)),
            Self::List(items, _) => items.iter().try_for_each(|item| item.count(left)),
            Self::Map(entries, _) => entries.iter().try_for_each(|(_, value)| value.count(left)),
            _ => Ok(()),
        }
    }

    /// As JSON, once [`Self::count`] has found it short enough; a number that JSON does not have is an error.
    pub(super) fn json(&self) -> Result<Json, String> {
        Ok(match self {
            Self::Null => Json::Null,
            Self::Bool(flag) => Json::Bool(*flag),
            Self::Int(int) => Json::from(*int),
            Self::Uint(uint) => Json::from(*uint),
            Self::Double(double) => {
                let number = serde_json::Number::from_f64(*double);
                Json::Number(number.ok_or("the result is not a finite number, which JSON does not have")?)
            }
            Self::Str(text) => Json::String((*text).to_owned()),
            Self::Made(text) => Json::String(text.to_string()),
            Self::Array(items) => Json::Array(items.to_vec()),
            Self::Object(fields) => Json::Object((*fields).clone()),
            Self::List(items, _) => Json::Array(items.iter().map(Self::json).collect::<Result<_, _>>()?),
            Self::Map(entries, _) => {
                let entry = |(key, value): &(Self, Self)| Ok::<_, String>((key.spelled(), value.json()?));
                Json::Object(entries.iter().map(entry).collect::<Result<_, _>>()?)
            }
        })
    }

    /// As a text, as `string()` gives it.
    pub(super) fn spelled(&self) -> String {
        match self {
            Self::Bool(flag) => flag.to_string(),
            Self::Int(int) => int.to_string(),
            Self::Uint(uint) => uint.to_string(),
            Self::Double(double) => double.to_string(),
            _ => self.text().unwrap_or("").to_owned(),
        }
    }
}

/// Counts the values of the model's own JSON. Lists count too, so that nested empty ones do not come for nothing.
fn count(json: &Json, left: &mut u64) -> Result<(), String> {
    take(left, 1)?;
    match json {
        Json::Array(items) => items.iter().try_for_each(|item| count(item, left)),
        Json::Object(fields) => fields.values().try_for_each(|value| count(value, left)),
        _ => Ok(()),
    }
}

fn take(left: &mut u64, values: u64) -> Result<(), String> {
    *left = left.checked_sub(values).ok_or("the answer is too long to be printed; ask for fewer items or fields")?;
    Ok(())
}
