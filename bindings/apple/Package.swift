// swift-tools-version: 6.0
// What an app depends on; `build` puts it beside the XCFramework.
import PackageDescription

let package = Package(
    name: "MyKarteCore",
    platforms: [.iOS(.v15), .macOS(.v12)],
    products: [.library(name: "MyKarteCore", targets: ["MyKarteCore"])],
    targets: [
        .binaryTarget(name: "MyKarteCoreFFI", path: "MyKarteCoreFFI.xcframework"),
        .target(
            name: "MyKarteCore",
            dependencies: ["MyKarteCoreFFI"],
            swiftSettings: [.swiftLanguageMode(.v5)]
        ),
    ]
)
