//! Compiles `proto/` with a compiler written in Rust, so that nobody needs protoc.

use prost::Message as _;
use std::{env, error::Error, fs, path::PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    let protos = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("../../proto");
    println!("cargo:rerun-if-changed={}", protos.display());
    let files = ["basket", "catalog", "orders", "payments", "pricing", "stock"]
        .map(|service| protos.join(format!("chandlery/{service}/v1/{service}.proto")));
    let descriptors = protox::compile(files, [&protos])?;
    fs::write(PathBuf::from(env::var("OUT_DIR")?).join("descriptors.bin"), descriptors.encode_to_vec())?;
    tonic_prost_build::configure().compile_fds(descriptors)?;
    Ok(())
}
