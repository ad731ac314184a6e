import ArgumentParser
import Commands
import Engine
import Recipes
import Scoring

@main
struct EvaluateCommand: RootCommand {
    static let configuration = CommandConfiguration(
        commandName: "pem-eval",
        abstract: "Score a trained network, or predictions on disk, on a data set.",
        discussion: """
            Prints the scores of every task that MODEL.MASK_FORMER.TEST turns on, and writes them to \
            results.json in the output folder under detectron2's names: "sem_seg" with mIoU, fwIoU, mACC, \
            pACC, IoU, boundary IoU and accuracy of each class, in percent; on a panoptic data set \
            "panoptic_seg" with PQ, SQ and RQ; "segm" with AP and AP50 of instances, by Cityscapes' rules \
            there and COCO's elsewhere; on Cityscapes "cityscapes" with the official IoU and iIoU \
            (fractions of 1), and in "sem_seg" their means as detectron2's evaluator names them, IoU, iIoU, \
            IoU_sup and iIoU_sup. Each table says by whose rules it is. The data sets are those of DATASETS.TEST \
            of the configuration; several are scored each by itself, under its name in results.json, their \
            predictions in a folder each. "run" in results.json says what the scores were made with: weights \
            and their SHA-256, configuration, averaging and versions. Images are resized to INPUT.MIN_SIZE_TEST \
            and scored at their own size. The headers of all files are read first; a broken image ends the \
            evaluation.

            Beside it lie report.html, a page to be opened in a browser or sent to others, all in one file: scores, \
            what is taken for what, the worst and the best images, speed, configuration and weights; and \
            per_image.csv with the scores of every image. --no-report leaves them out.

            Without --output the folder is OUTPUT_DIR/eval_NAME for weights NAME.safetensors (eval_NAME_TTA and \
            eval_NAME_slide for averaged scores), and OUTPUT_DIR/eval_predictions with --predictions: a run can be \
            evaluated while it trains. Earlier results are replaced; files that this program did not write, or that \
            were changed since, only with --overwrite.

            TEST.AUG.ENABLED True averages class scores over TEST.AUG.MIN_SIZES, with FLIP also of mirrored \
            images, and reports them as "sem_seg_TTA"; with TEST.AUG.RATIOS class probabilities, over these ratios of \
            the sizes that images have in evaluation. TEST.SLIDE.ENABLED True averages scores over windows of \
            TEST.SLIDE.WINDOW (height, width), a STRIDE apart.

            EXAMPLES
              pem-eval --config Configs/cityscapes_sem_stdc1.cfg \\
                --weights output/cityscapes_sem_stdc1/model_final.safetensors

              With the predictions in files of an official format:
                pem-eval --config Configs/camvid_sem.cfg \\
                  --weights model.safetensors --output output/scores \\
                  --save-predictions output/scores/labels --format labels

              At three sizes, mirrored too:
                pem-eval --config Configs/cityscapes_sem.cfg --weights model.safetensors \\
                  TEST.AUG.ENABLED True TEST.AUG.MIN_SIZES "[768, 1024, 1280]"

              On another data set with the same classes:
                pem-eval --config Configs/cityscapes_sem.cfg \\
                  --weights model.safetensors \\
                  DATASETS.TEST "('folder:my_streets.json:val',)"

              Predictions that another program wrote, with the official scorers' rules:
                pem-eval --predictions results --format cityscapes \\
                  --ground-truth cityscapes/gtFine/val --output output/scores
                pem-eval --predictions results --format coco-panoptic \\
                  --ground-truth coco/annotations/panoptic_val2017.json

              What got better and what worse between two evaluations:
                pem-eval --compare output/first/eval_model_final output/second/eval_model_final

            FORMATS
            \(FormatName.help)

            --save-predictions writes them too, and scores the same from files as from the network. Without \
            --format it takes coco-panoptic where PANOPTIC_ON holds, else cityscapes on Cityscapes, else labels; \
            several formats go into a folder each, and so do several data sets; subfolders of a data set stay.
            """,
        version: CommandRunner.version)

    @OptionGroup var common: CommonOptions

    @Option(
        help: ArgumentHelp(
            "Weights: safetensors, .pth or .pkl, with official names (default: MODEL.WEIGHTS).", valueName: "file"),
        completion: .weights)
    var weights: String?

    @Option(help: ArgumentHelp("Also write the predictions here.", valueName: "dir"), completion: .directory)
    var savePredictions: String?

    @Option(
        help: ArgumentHelp("Score the predictions in this folder instead of a network.", valueName: "dir"),
        completion: .directory)
    var predictions: String?

    @Option(help: "The format of --predictions, or of --save-predictions (once or more).")
    var format: [FormatName] = []

    @Option(
        help: ArgumentHelp(
            "Official ground truth of --predictions: a panoptic or instance JSON file, or a folder such as "
                + "gtFine/val (default: that of DATASETS.TEST).", valueName: "path"), completion: .file())
    var groundTruth: String?

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "Compare two results.json, or the folders that hold them, class by class.", valueName: "A B"))
    var compare: [String] = []

    @Flag(
        inversion: .prefixedNo,
        help: "Also write report.html and per_image.csv.")
    var report = true

    @Argument(parsing: .allUnrecognized, help: Settings.help)
    var settings: [String] = []

    func validate() throws {
        if !compare.isEmpty {
            guard compare.count == 2 else {
                throw ValidationError("--compare: expected two results.json or folders, got \(compare.count)")
            }
            return
        }
        if predictions == nil {
            if groundTruth != nil { throw ValidationError("--ground-truth belongs to --predictions") }
            if savePredictions == nil, !format.isEmpty {
                throw ValidationError("--format belongs to --predictions and --save-predictions")
            }
        } else if weights != nil || savePredictions != nil {
            throw ValidationError("--predictions excludes --weights and --save-predictions")
        } else if format.count != 1 {
            throw ValidationError("--predictions: expected one '--format <format>', got \(format.count)")
        }
    }

    func run() throws {
        try CommandRunner.run {
            if let first = compare.first, let second = compare.last {
                let console = Console()
                try ResultsComparison(first, second).lines.forEach(console.line)
                return 0
            }
            if let predictions, let format = format.first?.format {
                let setup = common.config == nil && settings.isEmpty ? nil : try common.setUp(settings)
                return try ScoringRecipe.run(
                    folder: predictions, format: format, truth: groundTruth, allowsOutside: common.allowOutside,
                    setup: setup,
                    output: common.output ?? (setup?.configuration.outputDirectory ?? "output") + "/eval_predictions",
                    overwrites: common.overwrite, makesPage: report, console: Console())
            }
            let setup = try common.setUp(settings, weights: weights)
            let weights = try common.weights(of: setup)
            return try EvaluationRecipe.run(
                setup, weights: weights,
                output: common.output ?? setup.configuration.evaluationFolder(weights: weights),
                overwrites: common.overwrite, saving: savePredictions.map { ($0, format.map(\.format)) },
                makesPage: report, console: Console())
        }
    }
}
