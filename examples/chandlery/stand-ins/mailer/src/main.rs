//! The mailer's stand-in as a program: configured by the environment, as `compose.yaml` does.

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    stand_in::serve::program("mailer", stand_in_mailer::BEHAVIOUR, stand_in_mailer::router).await
}
