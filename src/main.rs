//! The program: what was typed, to the command that runs it, to an exit code.

mod cli;

fn main() -> std::process::ExitCode {
    cli::run()
}
