//! UniFFI's own generator, of the version the library is built with: `mykarte-bindgen generate <LIBRARY> --language
//! kotlin --out-dir DIR`.

fn main() {
    uniffi::uniffi_bindgen_main()
}
