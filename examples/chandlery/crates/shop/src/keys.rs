//! The development key: whoever has it can sign tokens. It stands in the state folder, which is not in the repository.

use service_kit::token::Issuer;
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// For whom tokens are, as compose and the manifests have it.
pub const AUDIENCE: &str = "chandlery-api";

/// The private key's file in the state folder.
pub fn key_file(state: &Path) -> PathBuf {
    state.join("key.pk8")
}

/// The public keys' file in the state folder. Compose mounts it too.
pub fn jwks_file(state: &Path) -> PathBuf {
    state.join("jwks.json")
}

/// The issuer with the key of the state folder, which is made where there is none.
pub fn issuer(state: &Path) -> io::Result<Issuer> {
    let file = key_file(state);
    let key = match fs::read(&file) {
        Ok(key) => key,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            fs::create_dir_all(state)?;
            let key = Issuer::generate();
            fs::write(&file, &key)?;
            key
        }
        Err(error) => return Err(error),
    };
    let invalid = || io::Error::new(io::ErrorKind::InvalidData, format!("{} is no private key", file.display()));
    let issuer = Issuer::new(&key, AUDIENCE).ok_or_else(invalid)?;
    fs::write(jwks_file(state), issuer.jwks())?;
    Ok(issuer)
}
