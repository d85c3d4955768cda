//! Pricing: what lines cost a customer now. A pure function of what is asked, without a store.

use contracts::pricing::{
    PricedLine, QuoteLine, QuoteRequest, QuoteResponse,
    pricing_service_server::{PricingService, PricingServiceServer},
};
use service_kit::{
    config::{ConfigError, Variables},
    failure::Failure,
    service::{Door, Service},
    telemetry::Telemetry,
    work::Work,
};
use tonic::{Request, Response, Status, async_trait, service::Routes};

/// The service.
pub async fn real(variables: Variables, telemetry: Telemetry) -> Result<Service, ConfigError> {
    let routes = Routes::new(PricingServiceServer::new(PricingGrpc { work: Work::from(&variables)? }));
    Service::new(&telemetry, Door::Grpc(routes, contracts::DESCRIPTORS), &variables)
}

struct PricingGrpc {
    work: Work,
}

#[async_trait]
impl PricingService for PricingGrpc {
    async fn quote(&self, request: Request<QuoteRequest>) -> Result<Response<QuoteResponse>, Status> {
        self.work.spend().await;
        Ok(Response::new(quote(request.get_ref())?))
    }
}

/// Prices the lines. `total_cents` is the sum over lines of quantity × unit price less the line's discount.
pub fn quote(request: &QuoteRequest) -> Result<QuoteResponse, Failure> {
    if request.currency != range::CURRENCY {
        return Err(Failure::field("/currency", "is not EUR"));
    }
    let priced = request.lines.iter().enumerate().map(|(number, line)| price(number, line));
    let lines = priced.collect::<Result<Vec<_>, _>>()?;
    let total_cents =
        lines.iter().map(|line| i64::from(line.quantity) * line.unit_price_cents - line.discount_cents).sum();
    Ok(QuoteResponse { lines, total_cents, currency: range::CURRENCY.to_owned() })
}

fn price(number: usize, line: &QuoteLine) -> Result<PricedLine, Failure> {
    let product = range::product_of(&line.sku);
    let product = product.ok_or_else(|| Failure::field(format!("/lines/{number}/sku"), "is nothing that we sell"))?;
    if !(1..=10_000).contains(&line.quantity) {
        return Err(Failure::field(format!("/lines/{number}/quantity"), "is not between 1 and 10000"));
    }
    let unit_price_cents = product.price_cents;
    // Whole cents off each piece, so that a line's price is its pieces' price, whatever they are counted by.
    let off_each = unit_price_cents * percent_off(line.quantity) / 100;
    let discount_cents = off_each * i64::from(line.quantity);
    Ok(PricedLine { sku: line.sku.clone(), quantity: line.quantity, unit_price_cents, discount_cents })
}

/// Trade customers buy by the hundred: 5 % from 100 pieces, 10 % from 1000.
fn percent_off(quantity: u32) -> i64 {
    match quantity {
        0..100 => 0,
        100..1000 => 5,
        _ => 10,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(lines: &[(&str, u32)], expect: Result<i64, &str>) {
        let lines = lines.iter().map(|(sku, quantity)| QuoteLine { sku: (*sku).to_owned(), quantity: *quantity });
        let request = QuoteRequest { customer_id: String::new(), lines: lines.collect(), currency: "EUR".to_owned() };
        let total = quote(&request).map(|quote| quote.total_cents).map_err(|failure| failure.detail);
        assert_eq!(total, expect.map_err(str::to_owned));
    }

    #[test]
    fn a_total_is_the_sum_of_its_lines() {
        check(&[("ROPE-12-POLY", 3), ("SHACKLE-BOW-10", 2)], Ok(3 * 245 + 2 * 890));
        check(&[], Ok(0));
    }

    #[test]
    fn many_are_cheaper() {
        check(&[("ROPE-12-POLY", 99)], Ok(99 * 245));
        // 5 % of 245 are 12.25: 12 whole cents off each.
        check(&[("ROPE-12-POLY", 100)], Ok(100 * 233));
        check(&[("ROPE-12-POLY", 1000)], Ok(1000 * 221));
    }

    #[test]
    fn what_we_do_not_sell_has_no_price() {
        check(&[("ROPE-12-POLY", 1), ("MOON", 1)], Err("/lines/1/sku: is nothing that we sell"));
        check(&[("ROPE-12-POLY", 0)], Err("/lines/0/quantity: is not between 1 and 10000"));
    }
}
