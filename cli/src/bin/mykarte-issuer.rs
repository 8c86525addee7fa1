//! `mykarte-issuer`, for the counter and its administrator.

fn main() -> std::process::ExitCode {
    mykarte_cli::issuer_main()
}
