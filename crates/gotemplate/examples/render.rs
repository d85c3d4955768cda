//! Renders one template over the values of a YAML file, as a chart would: `render TEMPLATE VALUES [NAME]`.

use std::collections::BTreeMap;
use std::rc::Rc;

use gotemplate::hosts::{Capabilities, Files};
use gotemplate::{Data, Map, Named, Options, Templates, Text, Value, yaml};

#[allow(clippy::disallowed_methods, reason = "an example is a program, and reads its files itself")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [template, values, rest @ ..] = arguments.as_slice() else {
        return Err("usage: render TEMPLATE VALUES [NAME]".into());
    };
    let name = rest.first().map_or("hc", String::as_str);
    let values = yaml::parse(&Text::from(std::fs::read_to_string(values)?))?;
    let values = values.as_map().map_or_else(|| Map::new(BTreeMap::<Rc<str>, Value>::new()), Clone::clone);
    let capabilities = Capabilities {
        kube_version: "v1.35.0".to_owned(),
        api_versions: Rc::new(vec!["v1".to_owned()]),
        helm_version: "v4.1.4".to_owned(),
    };
    let dot = Value::map([
        ("Values", Value::from(values.named(Named::Values))),
        ("Release", Value::map([("Name", Value::from(name)), ("Namespace", Value::from("default"))])),
        ("Files", Value::new(Data::Object(Rc::new(Files::default())))),
        ("Capabilities", Value::new(Data::Object(Rc::new(capabilities)))),
    ]);
    let mut templates = Templates::new();
    templates.add(template, &std::fs::read_to_string(template)?, 0)?;
    print!("{}", templates.render(template, &dot, &Options::default())?.as_str());
    Ok(())
}
