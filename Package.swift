// swift-tools-version: 6.2
// The targets stand in blocks; an arrow (a dependency) points only to the same or a lower block.
import PackageDescription

let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
    name: "PEM",
    products: [
        .executable(name: "pem-train", targets: ["pem-train"]),
        .executable(name: "pem-eval", targets: ["pem-eval"]),
        .executable(name: "pem-predict", targets: ["pem-predict"]),
        .executable(name: "pem-data", targets: ["pem-data"]),
        .executable(name: "pem-convert", targets: ["pem-convert"]),
        .executable(name: "pem-profile", targets: ["pem-profile"]),
        .executable(name: "pem-bench", targets: ["pem-bench"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        // MARK: Block 0, C
        .systemLibrary(name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
        .systemLibrary(name: "CLibPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
        .systemLibrary(name: "CLibJPEG", pkgConfig: "libjpeg", providers: [.apt(["libjpeg-dev"])]),
        .target(name: "CKernels"),
        .target(name: "CPNG", dependencies: ["CLibPNG"]),
        .target(name: "CJPEG", dependencies: ["CLibJPEG"]),

        // MARK: Block A, numerics
        .target(name: "Kernels", dependencies: ["COpenBLAS", "CKernels"]),
        .target(name: "Tensors", dependencies: ["Kernels"]),
        .target(name: "Autodiff", dependencies: ["Tensors", "Kernels", "CKernels"]),
        .target(name: "Annotations"),

        // MARK: Block B, networks
        .target(name: "Layers", dependencies: ["Autodiff"]),
        .target(name: "Backbones", dependencies: ["Layers"]),
        .target(name: "PixelDecoders", dependencies: ["Layers"]),
        .target(name: "TransformerDecoders", dependencies: ["Layers"]),
        .target(
            name: "Segmenters",
            dependencies: ["Backbones", "PixelDecoders", "TransformerDecoders", "Annotations", "CKernels"]),

        // MARK: Block C, learning
        .target(name: "Criteria", dependencies: ["Layers", "Annotations", "Kernels", "CKernels"]),
        .target(name: "Optimizers", dependencies: ["Layers", "CKernels"]),

        // MARK: Block D, outside world
        .target(name: "Images", dependencies: ["CPNG", "CJPEG"]),
        .target(name: "Datasets", dependencies: ["Images", "Annotations"]),
        .target(name: "Metrics", dependencies: ["Annotations"]),
        .target(name: "Checkpoints", dependencies: ["Tensors"]),
        .target(name: "ConfigFiles", dependencies: [.product(name: "Yams", package: "Yams")]),

        // MARK: Block E, running
        .target(name: "Scoring", dependencies: ["Annotations", "Images", "Datasets", "Metrics", "Checkpoints"]),
        .target(name: "Engine", dependencies: ["Layers", "Optimizers", "Checkpoints"]),
        .target(
            name: "Recipes",
            dependencies: [
                "Segmenters", "Criteria", "Optimizers", "Annotations", "Datasets", "Metrics", "Scoring", "Checkpoints",
                "ConfigFiles", "Engine", "Kernels", argumentParser,
            ]),
        .executableTarget(name: "pem-train", dependencies: ["Recipes", argumentParser]),
        .executableTarget(name: "pem-eval", dependencies: ["Recipes", "Scoring", "Engine", argumentParser]),
        .executableTarget(name: "pem-predict", dependencies: ["Recipes", argumentParser]),
        .executableTarget(name: "pem-data", dependencies: ["Recipes", argumentParser]),
        .executableTarget(name: "pem-convert", dependencies: ["Recipes", argumentParser]),
        .executableTarget(name: "pem-profile", dependencies: ["Recipes", argumentParser]),
        .executableTarget(
            name: "pem-bench", dependencies: ["Recipes", "Autodiff", "Kernels", argumentParser],
            path: "Benchmarks/pem-bench"),

        // MARK: Tests
        .target(name: "TestSupport", dependencies: ["Autodiff", "Checkpoints"], path: "Tests/TestSupport"),
        .testTarget(name: "TensorsTests", dependencies: ["Tensors", "TestSupport"]),
        .testTarget(name: "AutodiffTests", dependencies: ["Autodiff", "TestSupport"]),
        .testTarget(name: "NetworksTests", dependencies: ["Segmenters", "Annotations", "TestSupport"]),
        .testTarget(name: "CriteriaTests", dependencies: ["Criteria", "TestSupport"]),
        .testTarget(name: "OptimizersTests", dependencies: ["Optimizers", "TestSupport"]),
        .testTarget(name: "ImagesTests", dependencies: ["Images", "TestSupport"], resources: [.copy("Fixtures")]),
        .testTarget(name: "DatasetsTests", dependencies: ["Datasets", "Metrics", "TestSupport"]),
        .testTarget(name: "AnnotationsTests", dependencies: ["Annotations"]),
        .testTarget(
            name: "MetricsTests", dependencies: ["Metrics", "Scoring", "Annotations", "Checkpoints", "TestSupport"]),
        .testTarget(
            name: "CheckpointsTests", dependencies: ["Checkpoints", "TestSupport"], resources: [.copy("Fixtures")]),
        .testTarget(name: "ConfigFilesTests", dependencies: ["ConfigFiles", "Recipes", "TestSupport"]),
        .testTarget(name: "EngineTests", dependencies: ["Engine", "TestSupport"]),
        .testTarget(name: "GoldenTests", dependencies: ["Recipes", "Images", "TestSupport"]),
        .testTarget(name: "CommandTests", dependencies: ["Checkpoints", "Images", "TestSupport"]),
    ],
    swiftLanguageModes: [.v6]
)

// Warnings are errors where changes are checked, and only there: a newer compiler must not break a user's build.
if Context.environment["CI"] != nil {
    for target in package.targets where target.type != .system {
        target.swiftSettings = (target.swiftSettings ?? []) + [.treatAllWarnings(as: .error)]
    }
}
