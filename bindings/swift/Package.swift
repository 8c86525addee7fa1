// swift-tools-version: 6.0
// The core for Swift: generated sources, one helper, and the scenarios. `../test` generates and runs them on Linux; the
// apps take the XCFramework of `../apple`.
import PackageDescription

/// The folder of the library just built.
let library = Context.environment["MYKARTE_LIB"] ?? "../../target/release"

let package = Package(
    name: "MyKarteCore",
    products: [.library(name: "MyKarteCore", targets: ["MyKarteCore"])],
    targets: [
        .systemLibrary(name: "MyKarteCoreFFI"),
        // Generated code is written for Swift 5; ours, the tests, are held to Swift 6.
        .target(
            name: "MyKarteCore",
            dependencies: ["MyKarteCoreFFI"],
            swiftSettings: [.swiftLanguageMode(.v5), .unsafeFlags(["-warnings-as-errors"])],
            linkerSettings: [.unsafeFlags(["-L\(library)"]), .linkedLibrary("mykarte_ffi")]
        ),
        .testTarget(
            name: "MyKarteCoreTests",
            dependencies: ["MyKarteCore"],
            swiftSettings: [.swiftLanguageMode(.v6), .unsafeFlags(["-warnings-as-errors"])]
        ),
    ]
)
