//! Process-wide TLS set-up. Called once by `main` and by test set-up; nothing else chooses a crypto provider.

/// Installs aws-lc-rs as the process's default rustls crypto provider.
///
/// Safe to call more than once: the first call wins, and it always installs the same provider.
/// Without it, the first library that needs TLS would choose, and two compiled-in providers panic.
pub fn install() {
    // An error means that a provider is installed already; only this one is compiled in.
    let _already_installed = rustls::crypto::aws_lc_rs::default_provider().install_default();
}
