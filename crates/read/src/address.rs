//! Addresses: which hosts a value names, in every usual spelling.

/// One host that a value names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// The scheme as spelled, in lower case, without `jdbc:` and `+srv`: `http`, `postgresql`, `amqp`, `tcp`.
    pub scheme: Option<String>,
    /// The host in lower case; never empty, never with a port.
    pub host: String,
    /// The port, where stated.
    pub port: Option<u16>,
    /// The path after it, with its slash: the database, the virtual host, the route.
    pub path: Option<String>,
    /// How the value spells it.
    pub form: AddressForm,
}

/// How an address is spelled; the weaker the form, the more the join asks of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AddressForm {
    /// `scheme://host…`, JDBC, a connection string with its host key.
    Url,
    /// `host:port`.
    HostPort,
    /// A bare word that could be a host.
    Bare,
}

/// All hosts that a value names.
pub fn addresses(value: &str) -> Vec<Address> {
    let _ = value;
    Vec::new()
}

/// scheme
pub fn protocol_of_scheme(_scheme: &str) -> Option<plimsoll_model::Protocol> {
    None
}
/// port
pub fn protocol_of_port(_port: u16) -> Option<plimsoll_model::Protocol> {
    None
}
