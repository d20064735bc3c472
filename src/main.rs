//! The binary: hands the command line and the environment to the library, and its exit status to the shell.

use yunsweep::output::ExitStatus;

fn main() -> ExitStatus {
    yunsweep::tls::install();
    yunsweep::commands::main(std::env::args_os(), yunsweep::config::environment::read())
}
