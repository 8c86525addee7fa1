//! The standard's own sample messages, where they are there.

use crate::support::{run_with, text};
use serde_json::Value;
use std::path::Path;

const PASSCODE: &str = "避難袋の奥にしまった古い鍵\n";

fn show(vault: &Path, more: &[&str]) -> Value {
    let mut args = vec!["show", "--vault", text(vault), "--passcode-stdin", "--json"];
    args.extend(more);
    serde_json::from_str(&run_with(&args, PASSCODE).exits(0).out).unwrap()
}

#[test]
fn the_sample_patient_comes_out_as_he_went_in() {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/samples/nho");
    if !samples.is_dir() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let vault = dir.path().join("v");
    let import = |patient: &str, more: &[&str]| {
        let mut args =
            vec!["import", text(&samples), "--patient", patient, "--vault", text(&vault), "--passcode-stdin"];
        args.extend(["--profile", "full"]);
        args.extend(more);
        run_with(&args, PASSCODE)
    };
    import("0000001", &[]).exits(1).says("本人のデータがありません");
    assert!(!vault.exists());
    import("9999013", &[]).exits(0).says("10件を隔離しました（PID-3 が違う）");
    let summary = show(&vault, &[]);
    assert_eq!((summary["name"].as_str(), summary["birth_date"].as_str()), (Some("患者 太郎"), Some("1948-04-05")));
    assert_eq!(show(&vault, &["allergies"]).as_array().unwrap().len(), 1);
    assert_eq!(show(&vault, &["injections", "--search", "ソリタ-T3"]).as_array().unwrap().len(), 3);
    import("9999013", &["--accept-other-patient"]).exits(0).says("10件を承認により取り込みました");
    assert_eq!(show(&vault, &["allergies"]).as_array().unwrap().len(), 5);
    assert_eq!(show(&vault, &["diagnoses"])[0]["icd10"]["code"], "K29.7");
}
