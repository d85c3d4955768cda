//! The payment provider's stand-in as a program: configured by the environment, as `compose.yaml` does.

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    stand_in::serve::program("psp", stand_in_psp::BEHAVIOUR, stand_in_psp::router).await
}
