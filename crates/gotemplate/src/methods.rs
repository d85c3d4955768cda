//! Methods of times, durations and objects.

use crate::error::Failure;
use crate::functions::Call;
use crate::time::{Civil, SECOND, duration_text};
use crate::value::{Data, Value};

/// Whether a value has a method of this name.
pub(crate) fn has(value: &Value, name: &str) -> bool {
    match &value.data {
        Data::Object(object) => object.has_method(name),
        Data::Time(_) => matches!(
            name,
            "Unix"
                | "UnixNano"
                | "UnixMilli"
                | "Format"
                | "Year"
                | "Month"
                | "Day"
                | "Hour"
                | "Minute"
                | "Second"
                | "YearDay"
                | "String"
                | "UTC"
                | "Local"
                | "IsZero"
                | "Weekday"
        ),
        Data::Duration(_) => {
            matches!(name, "Hours" | "Minutes" | "Seconds" | "Milliseconds" | "Nanoseconds" | "String")
        }
        _ => false,
    }
}

/// Calls a method that [`has`] has found.
pub(crate) fn call(value: &Value, name: &str, call: &mut Call<'_>) -> Result<Value, Failure> {
    let int = |n: i64| Ok(Value::new(Data::Int(n)));
    match &value.data {
        Data::Object(object) => Ok(object.call(name, call)?),
        Data::Time(nanos) => {
            let civil = Civil::of(*nanos);
            match name {
                "Unix" => Ok(Value::new(Data::Int64((nanos.div_euclid(SECOND)) as i64))),
                "UnixMilli" => Ok(Value::new(Data::Int64((nanos.div_euclid(1_000_000)) as i64))),
                "UnixNano" => Ok(Value::new(Data::Int64(*nanos as i64))),
                "Format" => Ok(Value::from(civil.format(call.text(0)))),
                "Year" => int(civil.year),
                // A month prints as its name; as a number it is rarely asked for.
                "Month" => Ok(Value::from(civil.format("January"))),
                "Weekday" => Ok(Value::from(civil.format("Monday"))),
                "Day" => int(i64::from(civil.day)),
                "Hour" => int(i64::from(civil.hour)),
                "Minute" => int(i64::from(civil.minute)),
                "Second" => int(i64::from(civil.second)),
                "YearDay" => int(i64::from(civil.day_of_year)),
                "IsZero" => Ok(Value::from(*nanos == crate::time::ZERO_TIME)),
                "String" => Ok(Value::from(civil.default_text())),
                _ => Ok(value.clone()),
            }
        }
        Data::Duration(nanos) => {
            let seconds = *nanos as f64 / 1e9;
            match name {
                "Hours" => Ok(Value::from(seconds / 3600.0)),
                "Minutes" => Ok(Value::from(seconds / 60.0)),
                "Seconds" => Ok(Value::from(seconds)),
                "Milliseconds" => Ok(Value::new(Data::Int64(nanos / 1_000_000))),
                "Nanoseconds" => Ok(Value::new(Data::Int64(*nanos))),
                _ => Ok(Value::from(duration_text(*nanos))),
            }
        }
        _ => Err(format!("there is no method {name}").into()),
    }
}
