import ArgumentParser
import Engine
import Recipes

extension PredictionFormat: ExpressibleByArgument {}

@main
struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pem-eval",
        abstract: "Score a trained network, or predictions on disk, on a data set.",
        discussion: """
            Prints IoU and accuracy of each class, mIoU, fwIoU, mACC and pACC in percent, and writes them \
            to results.json in the output folder under detectron2's names: {"sem_seg": {"mIoU": ...}}; with \
            MODEL.MASK_FORMER.TEST.PANOPTIC_ON and a panoptic data set also PQ, SQ and RQ (panoptic_seg). The \
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

              Predictions that another program wrote, with the official scorers' rules:
                pem-eval --predictions results --format cityscapes \\
                  --ground-truth cityscapes/gtFine/val --output output/scores
                pem-eval --predictions results --format coco-panoptic \\
                  --ground-truth coco/annotations/panoptic_val2017.json

            FORMATS
              cityscapes      labelIds PNGs and lists of instance masks (*.txt), named after the images: \
            "cityscapes" with cityscapesScripts' names (fractions of 1), "segm" with AP and AP50
              coco-panoptic   predictions.json with segments_info, and PNGs: "panoptic_seg" with PQ, SQ, RQ
              coco-instances  coco_instances_results.json, a list of masks: "segm" with AP, AP50, ...
              labels          PNGs of class numbers (--save-predictions) for DATASETS.TEST: "sem_seg"
            """)

    @OptionGroup var common: CommonOptions

    @Option(help: ArgumentHelp("Weights, safetensors with official names.", valueName: "file"))
    var weights: String?

    @Option(
        help: ArgumentHelp("Also write each label map (class numbers) as a grey PNG here.", valueName: "dir"))
    var savePredictions: String?

    @Option(
        help: ArgumentHelp("Score the predictions in this folder instead of a network.", valueName: "dir"))
    var predictions: String?

    @Option(help: "The format of --predictions.")
    var format: PredictionFormat?

    @Option(
        help: ArgumentHelp(
            "Official ground truth of --predictions: a panoptic or instance JSON file, or a folder such as "
                + "gtFine/val (default: that of DATASETS.TEST).", valueName: "path"))
    var groundTruth: String?

    @Argument(parsing: .allUnrecognized, help: Settings.help)
    var settings: [String] = []

    func validate() throws {
        if predictions == nil {
            if weights == nil { throw ValidationError("Missing expected argument '--weights <file>'") }
            if format != nil || groundTruth != nil {
                throw ValidationError("--format and --ground-truth belong to --predictions")
            }
        } else if weights != nil || savePredictions != nil {
            throw ValidationError("--predictions excludes --weights and --save-predictions")
        } else if format == nil {
            throw ValidationError("Missing expected argument '--format <format>'")
        }
    }

    func run() throws {
        try CommandRunner.run {
            if let predictions, let format {
                let setup = common.config == nil && settings.isEmpty ? nil : try common.setUp(settings)
                return try ScoringRecipe(
                    folder: predictions, format: format, truth: groundTruth, setup: setup,
                    output: common.output ?? setup?.configuration.outputDirectory ?? "output",
                    console: Console())()
            }
            let setup = try common.setUp(settings, implied: ["MODEL.WEIGHTS", weights ?? ""])
            return try EvaluationRecipe(
                setup, weights: weights ?? "", predictions: savePredictions, console: Console())()
        }
    }
}
