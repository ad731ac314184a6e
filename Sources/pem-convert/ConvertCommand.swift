import ArgumentParser
import Checkpoints
import Commands
import Configurations
import Engine
import Families
import Recipes

@main
struct ConvertCommand: RootCommand {
    static let configuration = CommandConfiguration(
        commandName: "pem-convert",
        abstract: "Convert files of weights: read the usual formats, write safetensors or a PyTorch file.",
        discussion: """
            Reads PyTorch files (.pth, .pt, .tar, new and old), detectron2 pickles (.pkl), safetensors, and \
            the index of sharded safetensors; the format is told by the content. Nothing in a file is \
            executed. Every value becomes Float32, every name the official one of PEM, Mask2Former, MaskFormer \
            or detectron2.

            OUT ends in .safetensors, or in .pth or .pt for a file that torch.load(..., weights_only=True) \
            reads. With --for it has the layout that the family's official code loads: {"model": state_dict} for \
            detectron2's (PEM, Mask2Former, MaskFormer, its baselines), a state_dict with model. before each name for \
            PIDNet, {"state_dict": ..., "meta": {"CLASSES": ..., "PALETTE": ...}} for mmsegmentation's (SegFormer, \
            SwiftFormer), the classes being those of DATASETS.TEST or DATASETS.TRAIN. Without --for it is \
            detectron2's. A file that is there is replaced where pem-convert wrote it and it was not changed since \
            (.pem-files beside it tells), else only with --overwrite.

            --from says whose names the file has, which is an error where they are others; auto recognises them:
            \(Self.nameFamilies.map { "  \($0.name): \($0.summary)" }.joined(separator: "\n"))
            --for compares with the network of a configuration: what is matched, missing, unexpected and of \
            another shape; only tensors that fit are written. A PyTorch file gets the criterion's class weights \
            by its MODEL.MASK_FORMER.NO_OBJECT_WEIGHT (without --for: 0.1, PEM's).

            Safetensors files that this program writes carry a digest of all their bytes, PyTorch's zip files a \
            checksum of each tensor: both are checked before converting, and by --verify alone.

            Converting is never needed before a run: --weights and MODEL.WEIGHTS read the same files.

            EXAMPLES
              pem-convert resnet50.pth R-50.safetensors
              pem-convert STDCNet813M_73.91.tar stdc1.safetensors --for Configs/cityscapes_sem_stdc1.cfg
              pem-convert output/stdc1/model_final.safetensors for-pytorch.pth
              pem-convert --inspect somebodys.pkl
              pem-convert --verify output/stdc1/model_best.safetensors
            """,
        version: CommandRunner.version)

    @Argument(help: ArgumentHelp("The file to read.", valueName: "in"), completion: .weights)
    var input: String

    @Argument(
        help: ArgumentHelp("The file to write; none with --inspect and --verify.", valueName: "out"),
        completion: .file())
    var output: String?

    @Option(
        name: .customLong("from"),
        help: ArgumentHelp(
            "Names of the file: auto, \(Self.nameFamilies.map(\.name).joined(separator: ", ")).",
            valueName: "family"))
    var family = "auto"

    @Option(
        name: .customLong("for"),
        help: ArgumentHelp("Configuration of the network that the weights are for.", valueName: "config"),
        completion: .configuration)
    var config: String?

    @Flag(help: "With --for: also list what is matched, each name with the one it has in the file.")
    var matched = false

    @Flag(help: "List names, shapes, types and statistics instead.")
    var inspect = false

    @Flag(help: Overwriting.help)
    var overwrite = false

    @Flag(help: "Compare the file's bytes with its digest instead; status 1 where they differ.")
    var verify = false

    func validate() throws {
        guard family == "auto" || Self.nameFamilies.contains(where: { $0.name == family }) else {
            let known = (["auto"] + Self.nameFamilies.map(\.name)).joined(separator: ", ")
            throw ValidationError("--from: expected one of \(known), got \(family)")
        }
        guard !matched || config != nil else { throw ValidationError("--matched needs --for") }
        guard !inspect || !verify else { throw ValidationError("--inspect and --verify exclude each other") }
        if inspect || verify {
            guard output == nil else {
                throw ValidationError("--\(inspect ? "inspect" : "verify") takes one file and writes none")
            }
        } else {
            guard let output else { throw ValidationError("Missing expected argument '<out>'") }
            guard [".safetensors", ".pth", ".pt"].contains(where: output.hasSuffix) else {
                throw ValidationError("expected a name in .safetensors, .pth or .pt to write, got \(output)")
            }
        }
    }

    func run() throws {
        try CommandRunner.run {
            var options = ConversionRecipe.Options(input: input)
            options.family = family == "auto" ? nil : family
            options.listsMatched = matched
            options.overwrites = overwrite
            let recipe = ConversionRecipe(options, families: networkFamilies, console: Console())
            guard let output else {
                try verify ? recipe.verify() : recipe.inspect()
                return 0
            }
            let setup = try config.map { try CommandRunner.setUp($0) }
            try recipe.convert(to: output, for: setup, named: config ?? "")
            return 0
        }
    }

    /// One map for each name that `--from` knows.
    private static var nameFamilies: [NameMap] {
        var maps: [NameMap] = []
        for map in networkFamilies.nameMaps where !maps.contains(where: { $0.name == map.name }) { maps.append(map) }
        return maps
    }
}
