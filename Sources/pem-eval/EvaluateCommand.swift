import ArgumentParser
import Engine
import Recipes

@main
struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pem-eval",
        abstract: "Score a trained network on a data set.",
        discussion: """
            Prints IoU and accuracy of each class, mIoU, fwIoU, mACC and pACC in percent, and writes them \
            to results.json in the output folder under detectron2's names: {"sem_seg": {"mIoU": ...}}. The \
            data set is DATASETS.TEST of the configuration. Images are resized to INPUT.MIN_SIZE_TEST and \
            scored at their own size.

            EXAMPLES
              pem-eval --config Configs/cityscapes_sem_stdc1.cfg \\
                --weights output/cityscapes_sem_stdc1/model_final.safetensors

              With every label map (class numbers) as a PNG:
                pem-eval --config Configs/camvid_sem.cfg \\
                  --weights model.safetensors --output output/scores \\
                  --save-predictions output/scores/labels

              On another data set with the same classes:
                pem-eval --config Configs/cityscapes_sem.cfg \\
                  --weights model.safetensors \\
                  DATASETS.TEST "('folder:my_streets.json:val',)"
            """)

    @OptionGroup var common: CommonOptions

    @Option(help: ArgumentHelp("Weights, safetensors with official names.", valueName: "file"))
    var weights: String

    @Option(
        help: ArgumentHelp("Also write each label map (class numbers) as a grey PNG here.", valueName: "dir"))
    var savePredictions: String?

    @Argument(parsing: .allUnrecognized, help: Settings.help)
    var settings: [String] = []

    func run() throws {
        try CommandRunner.run {
            let setup = try common.setUp(settings, implied: ["MODEL.WEIGHTS", weights])
            return try EvaluationRecipe(
                setup, weights: weights, predictions: savePredictions, console: Console())()
        }
    }
}
