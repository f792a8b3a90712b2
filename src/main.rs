//! The program: what was typed, to the command that runs it, to an exit code.

mod cli;

/// Articles are made of small strings, allocated by one thread and freed by another: the system's
/// allocator spends a tenth of a run on that.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    cli::run()
}
