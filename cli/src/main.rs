//! `mykarte`, the command line for hospital staff and QA.

fn main() -> std::process::ExitCode {
    mykarte_cli::main()
}
