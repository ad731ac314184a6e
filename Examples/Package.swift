// swift-tools-version: 6.2
// Programs that use the library as others do: a package of its own, which sees what is public and no more.
import PackageDescription

let package = Package(
    name: "Examples",
    dependencies: [.package(name: "PEM", path: "..")],
    targets: [
        .executableTarget(
            name: "train-on-own-samples",
            dependencies: [
                .product(name: "SegmentationNetworks", package: "PEM"),
                .product(name: "SegmentationTraining", package: "PEM"),
            ]),
        .executableTarget(
            name: "segment-picture", dependencies: [.product(name: "SegmentationNetworks", package: "PEM")]),
    ],
    swiftLanguageModes: [.v6]
)
