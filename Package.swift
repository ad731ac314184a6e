// swift-tools-version: 6.2
// The targets stand in blocks; an arrow (a dependency) points only to the same or a lower block.
import PackageDescription

let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let tiff: Target.Dependency = .byName(name: "CTIFF", condition: .when(traits: ["TIFF"]))

/// Nothing of other modules is public by accident.
let library: [SwiftSetting] = [.enableUpcomingFeature("InternalImportsByDefault")]

let package = Package(
    name: "PEM",
    products: [
        .library(name: "SegmentationNetworks", targets: ["SegmentationNetworks"]),
        .library(name: "SegmentationTraining", targets: ["SegmentationTraining"]),
        .executable(name: "pem-train", targets: ["pem-train"]),
        .executable(name: "pem-eval", targets: ["pem-eval"]),
        .executable(name: "pem-predict", targets: ["pem-predict"]),
        .executable(name: "pem-data", targets: ["pem-data"]),
        .executable(name: "pem-convert", targets: ["pem-convert"]),
        .executable(name: "pem-profile", targets: ["pem-profile"]),
        .executable(name: "pem-bench", targets: ["pem-bench"]),
        .executable(name: "pem-doctor", targets: ["pem-doctor"]),
    ],
    traits: [
        .trait(name: "TIFF", description: "Reads label images that are TIFF files, through libtiff (libtiff-dev).")
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
        // For `swift package generate-documentation` alone; no target has it.
        .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"),
    ],
    targets: [
        // MARK: Block 0, C
        .systemLibrary(name: "CLibPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
        .systemLibrary(name: "CLibJPEG", pkgConfig: "libjpeg", providers: [.apt(["libjpeg-dev"])]),
        // Whoever has libpng has zlib, which it is built on.
        .systemLibrary(name: "CZLib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .target(name: "CKernels"),
        .target(name: "CMemory"),
        // The `malloc` of the programs; no product for others depends on it.
        .target(name: "CShortage", dependencies: ["CMemory"]),
        .target(name: "CPNG", dependencies: ["CLibPNG"]),
        .target(name: "CJPEG", dependencies: ["CLibJPEG"]),
        // Empty without the trait: a system library that is not wanted would be asked for all the same.
        .target(
            name: "CTIFF", cSettings: [.define("PEM_TIFF", .when(traits: ["TIFF"]))],
            linkerSettings: [.linkedLibrary("tiff", .when(traits: ["TIFF"]))]),

        // MARK: Block A, numerics
        .target(name: "Tensors", dependencies: ["CMemory"]),
        .target(name: "Kernels", dependencies: ["CKernels", "Tensors"]),
        .target(name: "Autodiff", dependencies: ["CKernels", "Tensors", "Kernels"]),
        .target(name: "Annotations"),

        // MARK: Block B, networks
        .target(name: "Layers", dependencies: ["Tensors", "Kernels", "Autodiff"]),
        .target(
            name: "Networks",
            dependencies: [
                "CKernels", "Tensors", "Kernels", "Autodiff", "Annotations", "Layers",
            ]),
        .target(name: "Backbones", dependencies: ["Tensors", "Autodiff", "Layers", "Networks"]),
        .target(
            name: "MaskClassifiers",
            dependencies: [
                "CKernels", "Tensors", "Kernels", "Autodiff", "Layers", "Networks",
            ]),
        .target(
            name: "PixelClassifiers",
            dependencies: ["Tensors", "Kernels", "Autodiff", "Layers", "Networks"]),

        // MARK: Block C, learning
        .target(
            name: "Criteria",
            dependencies: [
                "CKernels", "Tensors", "Kernels", "Autodiff", "Annotations", "Layers", "Networks",
            ]),
        .target(name: "Optimizers", dependencies: ["CKernels", "Tensors", "Layers"]),

        // MARK: Block D, outside world
        .target(name: "Files", dependencies: ["CZLib"]),
        .target(name: "Images", dependencies: ["CZLib", "CPNG", "CJPEG", tiff, "Annotations", "Files"]),
        .target(name: "Checkpoints", dependencies: ["Files"]),
        .target(name: "Pages", dependencies: ["Annotations", "Images"]),
        .target(name: "Datasets", dependencies: ["Tensors", "Annotations", "Files", "Images", "Checkpoints"]),
        .target(
            name: "EventFiles", dependencies: ["Files", .product(name: "SwiftProtobuf", package: "swift-protobuf")],
            exclude: ["Protocol/event.proto"]),
        .target(name: "Metrics", dependencies: ["Annotations"]),
        .target(name: "ConfigFiles", dependencies: ["Files", .product(name: "Yams", package: "Yams")]),

        // MARK: Block E, meaning
        .target(
            name: "Scoring",
            dependencies: ["Annotations", "Files", "Images", "Datasets", "Metrics", "Checkpoints", "Pages"]),
        .target(name: "Browsing", dependencies: ["Annotations", "Files", "Images", "Datasets", "Pages"]),
        .target(
            name: "Inference",
            dependencies: [
                "Tensors", "Annotations", "Layers", "Networks", "Images", "Datasets", "Scoring",
            ]),
        .target(
            name: "Configurations",
            dependencies: [
                "Annotations", "Layers", "Networks", "Criteria", "Optimizers", "Datasets", "Checkpoints", "ConfigFiles",
                "Inference", "Metrics",
            ]),
        .target(
            name: "Families",
            dependencies: [
                "Layers", "Networks", "Backbones", "MaskClassifiers", "PixelClassifiers", "Criteria", "Checkpoints",
                "ConfigFiles", "Configurations",
            ]),

        // MARK: Block F, running
        .target(
            name: "Engine",
            dependencies: [
                "Tensors", "Autodiff", "Layers", "Criteria", "Optimizers", "Files", "EventFiles", "Checkpoints",
            ]),
        .target(
            name: "Profiling",
            dependencies: [
                "CKernels", "Tensors", "Kernels", "Autodiff", "Annotations", "Layers", "Networks", "Criteria",
                "Optimizers", "Engine",
            ]),
        .target(
            name: "Recipes",
            dependencies: [
                "Tensors", "Kernels", "Autodiff", "Annotations", "Layers", "Networks", "Criteria", "Optimizers",
                "Files", "EventFiles",
                "Images", "Datasets", "Metrics", "Checkpoints", "ConfigFiles", "Scoring", "Inference", "Configurations",
                "Engine", "Profiling",
            ]),
        .target(
            name: "Diagnostics",
            dependencies: [
                "Tensors", "Kernels", "Autodiff", "Annotations", "Layers", "Networks", "Datasets", "Checkpoints",
                "Configurations", "Families", "Engine", "Profiling", "Recipes",
            ]),

        // MARK: Block G, what others use
        .target(
            name: "SegmentationNetworks",
            dependencies: [
                "Tensors", "Annotations", "Networks", "Criteria", "Optimizers", "Files", "Images", "Datasets",
                "Checkpoints", "ConfigFiles", "Scoring", "Inference", "Families", "Engine", "Recipes",
            ], swiftSettings: library),
        .target(
            name: "SegmentationTraining",
            dependencies: [
                "Annotations", "Layers", "Networks", "Optimizers", "Datasets", "Checkpoints",
                "Engine", "Recipes", "SegmentationNetworks",
            ], swiftSettings: library),
        .target(
            name: "Commands",
            dependencies: [
                "CShortage", "Tensors", "Kernels", "Annotations", "Datasets", "Families", "Scoring", "Engine",
                "Recipes",
                argumentParser,
            ]),
        .executableTarget(name: "pem-train", dependencies: ["Engine", "Recipes", "Commands", argumentParser]),
        .executableTarget(
            name: "pem-eval", dependencies: ["Scoring", "Engine", "Recipes", "Commands", argumentParser]),
        .executableTarget(
            name: "pem-predict", dependencies: ["Scoring", "Engine", "Recipes", "Commands", argumentParser]),
        .executableTarget(
            name: "pem-data",
            dependencies: ["Annotations", "Files", "Datasets", "Browsing", "Recipes", "Commands", argumentParser]),
        .executableTarget(
            name: "pem-convert",
            dependencies: [
                "Checkpoints", "Configurations", "Families", "Engine", "Recipes", "Commands", argumentParser,
            ]),
        .executableTarget(
            name: "pem-profile",
            dependencies: [
                "Tensors", "Annotations", "Files", "Engine", "Profiling", "Recipes", "Commands", argumentParser,
            ]),
        .executableTarget(name: "pem-doctor", dependencies: ["Engine", "Diagnostics", "Commands", argumentParser]),
        .executableTarget(
            name: "pem-bench",
            dependencies: [
                "CKernels", "Tensors", "Kernels", "Autodiff", "Annotations", "Networks", "Criteria", "Files",
                "Datasets", "Checkpoints", "ConfigFiles", "Inference", "Configurations", "Families", "Engine",
                "Profiling",
                "Recipes", "Commands", argumentParser,
            ], path: "Benchmarks/pem-bench"),

        // MARK: Tests
        .target(name: "TestSupport", dependencies: ["Tensors", "Kernels", "Autodiff"], path: "Tests/TestSupport"),
        .testTarget(name: "TensorsTests", dependencies: ["Tensors", "Kernels", "TestSupport"]),
        .testTarget(
            name: "AutodiffTests", dependencies: ["Tensors", "Kernels", "Autodiff", "TestSupport"]),
        .testTarget(
            name: "NetworksTests",
            dependencies: [
                "CKernels", "Tensors", "Kernels", "Autodiff", "Annotations", "Layers", "Networks", "Backbones",
                "MaskClassifiers", "PixelClassifiers", "TestSupport",
            ]),
        .testTarget(
            name: "CriteriaTests",
            dependencies: [
                "Tensors", "Autodiff", "Annotations", "Networks", "Criteria", "TestSupport",
            ]),
        .testTarget(
            name: "OptimizersTests", dependencies: ["Tensors", "Autodiff", "Layers", "Optimizers", "TestSupport"]),
        .testTarget(name: "FilesTests", dependencies: ["Files"]),
        .testTarget(name: "EventFilesTests", dependencies: ["EventFiles"]),
        .testTarget(
            name: "ImagesTests",
            dependencies: [
                "Annotations", "Files", "Images", "TestSupport",
            ], resources: [.copy("Fixtures")]),
        .testTarget(
            name: "DatasetsTests",
            dependencies: [
                "Annotations", "Images", "Datasets", "Metrics", "TestSupport",
            ]),
        .testTarget(name: "PagesTests", dependencies: ["Pages"]),
        .testTarget(name: "AnnotationsTests", dependencies: ["Annotations"]),
        .testTarget(
            name: "MetricsTests",
            dependencies: [
                "Annotations", "Files", "Images", "Datasets", "Metrics", "Scoring", "TestSupport",
            ]),
        .testTarget(
            name: "CheckpointsTests",
            dependencies: [
                "Files", "Checkpoints", "TestSupport",
            ], resources: [.copy("Fixtures")]),
        .testTarget(
            name: "ConfigFilesTests",
            dependencies: [
                "Annotations", "Layers", "Backbones", "MaskClassifiers", "PixelClassifiers", "Criteria", "Optimizers",
                "Datasets", "ConfigFiles", "Configurations", "Families", "Recipes", "TestSupport",
            ]),
        .testTarget(
            name: "EngineTests",
            dependencies: [
                "Tensors", "Autodiff", "Layers", "Criteria", "Optimizers", "Files", "Checkpoints", "Engine",
            ]),
        .testTarget(
            name: "GoldenTests",
            dependencies: [
                "Tensors", "Autodiff", "Annotations", "Layers", "Networks", "Backbones", "MaskClassifiers",
                "Criteria", "Optimizers", "Images", "Checkpoints", "ConfigFiles", "Configurations", "Families",
                "Inference", "Engine", "Diagnostics", "TestSupport",
            ]),
        .testTarget(name: "DiagnosticsTests", dependencies: ["Diagnostics"]),
        .testTarget(name: "BenchTests", dependencies: ["Kernels", "Profiling", "Recipes", "pem-bench"]),
        .testTarget(
            name: "FrameworkTests",
            dependencies: [
                "Tensors", "Autodiff", "Annotations", "Layers", "Networks", "Criteria", "Datasets", "Checkpoints",
                "ConfigFiles", "Inference", "Configurations", "Engine", "Profiling", "Recipes",
            ]),
        .testTarget(name: "LibraryTests", dependencies: ["SegmentationNetworks", "SegmentationTraining"]),
        .testTarget(name: "CommandTests", dependencies: ["Annotations", "Images", "Checkpoints", "TestSupport"]),
    ],
    swiftLanguageModes: [.v6]
)

// `make install` links the programs once more, with the Swift runtime in them; what was compiled stays as it is. The
// libraries are those that Foundation's own bring with them.
if Context.environment["PEM_STATIC_RUNTIME"] != nil {
    let libraries = [
        "swiftSynchronization", "CoreFoundation", "_FoundationICU", "_FoundationCShims", "_FoundationCollections",
    ]
    for target in package.targets where target.type == .executable {
        target.linkerSettings = [
            .unsafeFlags(["-static-stdlib", "-use-ld=lld", "-Xlinker", "-s"] + libraries.map { "-l" + $0 })
        ]
    }
}

// Warnings are errors where changes are checked, and only there: a newer compiler must not break a user's build.
if Context.environment["CI"] != nil {
    for target in package.targets where target.type != .system {
        target.swiftSettings = (target.swiftSettings ?? []) + [.treatAllWarnings(as: .error)]
    }
}
