// swift-tools-version:5.9
import PackageDescription

let package = Package(
    name: "Ion",
    platforms: [.iOS(.v15), .macOS(.v12), .watchOS(.v8), .tvOS(.v15)],
    products: [.library(name: "Ion", targets: ["Ion"])],
    targets: [
        .target(name: "Ion"),
        .testTarget(name: "IonTests", dependencies: ["Ion"]),
    ]
)
