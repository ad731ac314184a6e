import ArgumentParser
import Commands
import Engine
import Recipes
import Scoring

@main
struct PredictCommand: RootCommand {
    static let configuration = CommandConfiguration(
        commandName: "pem-predict",
        abstract: "Segment pictures with a trained network.",
        discussion: """
            Pictures are PNG and JPEG files; folders, with all such files in them and in their subfolders; patterns in \
            quotes ("day*/*.jpg"); and - for a list of these on standard input, one a line. A picture's results are \
            called as its file, in a folder as its path there; where another has that name, a number is added, and \
            told. Results of earlier runs in the output folder are no pictures.

            For each picture NAME the output folder gets NAME_overlay.png, the picture with its classes in colour, \
            their names and a legend, and what MODEL.MASK_FORMER.TEST turns on:

              SEMANTIC_ON  NAME_labels.png: class numbers, indices of a palette of the classes' colours
              PANOPTIC_ON  NAME_panoptic.png and NAME_panoptic.json: numbers of segments as colours and their \
            classes, in COCO's format; the overlay then outlines every object
              INSTANCE_ON  NAME_instances.json: masks and scores, as COCO's results; without the others the \
            overlay outlines those that score --score-threshold or more

            --json adds NAME_polygons.json: outline, holes, box and area in pixels of each panoptic segment, \
            else of each instance of enough score, else of each class; outlines run along the edges of pixels.

            --format writes what benchmark servers take, and nothing else, of pictures whose truth nobody needs to \
            have; the same files as pem-eval --save-predictions. Several formats go into a folder each. \
            Pictures of Cityscapes are called city_sequence_frame then; their ids in coco-panoptic and \
            coco-instances are those of --image-list, else of the list of DATASETS.TEST, else their names, \
            as numbers where they are digits.

            Earlier results are replaced; files that this program did not write, or that were changed since (labels \
            corrected by hand), only with --overwrite.

            Pictures are resized to INPUT.MIN_SIZE_TEST for the network, as in evaluation; INPUT.MIN_SIZE_TEST 0 \
            leaves them as they are. Results have the picture's own size. TEST.AUG and TEST.SLIDE hold as in pem-eval.

            Pictures that cannot be read are left out and listed at the end; the exit status is then 1.

            --raw writes what the last layer predicts, in the official layout: pred_logits [1, queries, \
            classes + 1] and pred_masks [1, queries, height/4, width/4], logits both. Pictures are then \
            not resized, augmented or cut into windows. With several pictures the names become \
            NAME.pred_logits and NAME.pred_masks.

            EXAMPLES
              pem-predict --config Configs/cityscapes_sem_stdc1.cfg \\
                --weights model_final.safetensors --output output/pictures \\
                street.jpg crossing.png

              A folder, every overlay beside its picture:
                pem-predict --config Configs/camvid_sem.cfg \\
                  --weights model_final.safetensors --output output/pictures \\
                  --side-by-side photographs

              What Cityscapes' server takes:
                pem-predict --config Configs/cityscapes_sem.cfg \\
                  --weights model_final.safetensors --output output/submission \\
                  --format cityscapes Datasets/cityscapes/leftImg8bit/test

              What COCO's server takes:
                pem-predict --config coco_pan.cfg --weights model_final.safetensors \\
                  --output output/submission --format coco-panoptic \\
                  --image-list annotations/image_info_test-dev2017.json test2017

              What the network itself says of a picture:
                pem-predict --config Configs/camvid_sem.cfg \\
                  --weights model_final.safetensors --output output/pictures \\
                  --raw output/pictures/raw.safetensors street.png

            FORMATS (with their scores in pem-eval)
            \(FormatName.help)
            """,
        version: CommandRunner.version)

    @OptionGroup var common: CommonOptions

    @Option(
        help: ArgumentHelp(
            "Weights: safetensors, .pth or .pkl, with official names (default: MODEL.WEIGHTS).", valueName: "file"),
        completion: .weights)
    var weights: String?

    @OptionGroup(title: "Drawing") var drawing: DrawingOptions

    @OptionGroup(title: "Thresholds") var thresholds: ThresholdOptions

    @Option(help: "Write this format, in the place of drawings (once or more).")
    var format: [FormatName] = []

    @Option(
        help: ArgumentHelp("A JSON file with the ids and file names of the pictures, for --format.", valueName: "file"))
    var imageList: String?

    @Option(
        help: ArgumentHelp(
            "Also write the last layer's predictions to this safetensors file.", valueName: "file"),
        completion: .file(extensions: ["safetensors"]))
    var raw: String?

    @Argument(
        parsing: .allUnrecognized,
        help: ArgumentHelp(
            "Pictures, folders, patterns, or -, then keys of the configuration with their values.", valueName: "image"),
        completion: .file(extensions: ["png", "jpg", "jpeg", "PNG", "JPG", "JPEG"]))
    var words: [String] = []

    func validate() throws {
        if imageList != nil, format.isEmpty { throw ValidationError("--image-list belongs to --format") }
        if !format.isEmpty, drawing.isUsed {
            throw ValidationError("--format writes no drawings: leave \(DrawingOptions.names) out")
        }
    }

    func run() throws {
        try CommandRunner.run {
            let (pictures, settings) = try Settings.split(words)
            guard !pictures.isEmpty else { throw ValidationError("Missing expected argument '<image> ...'") }
            guard let output = common.output else {
                throw ValidationError("Missing expected argument '--output <dir>'")
            }
            let setup = try common.setUp(settings + thresholds.settings, weights: weights)
            var options = PredictionRecipe.Options(
                weights: try common.weights(of: setup), pictures: pictures, output: output)
            options.list = { sequence(state: ()) { _ in readLine() }.filter { !$0.isEmpty } }
            options.style = drawing.style
            options.style.leastScore = thresholds.scoreThreshold
            options.formats = format.map(\.format)
            options.imageList = imageList
            options.raw = raw
            options.overwrites = common.overwrite
            return try PredictionRecipe(setup, options, console: Console()).run()
        }
    }
}
