//! Ocelot, a gateway of .NET: routes that name their callee as discovery knows it.
//!
//! A route has either `DownstreamHostAndPorts`, which need no help, or `ServiceName`, which elsewhere is one's own name.

use super::pairs::Pair;

/// `Routes[0].ServiceName` (`ReRoutes` before version 16) becomes `lb://orders`, as Spring Cloud Gateway writes it.
pub(super) fn routes(pairs: &mut [Pair]) {
    let is_route = |key: &str| {
        let Some((route, last)) = key.rsplit_once('.') else { return false };
        let list = route.split('[').next().unwrap_or(route);
        last == "ServiceName" && matches!(list, "Routes" | "ReRoutes")
    };
    for pair in pairs.iter_mut().filter(|pair| is_route(&pair.key) && !pair.value.contains("://")) {
        pair.value = format!("lb://{}", pair.value);
    }
}
