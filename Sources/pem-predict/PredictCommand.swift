import ArgumentParser
import Commands
import Engine
import Recipes

@main
struct PredictCommand: RootCommand {
    static let configuration = CommandConfiguration(
        commandName: "pem-predict",
        abstract: "Segment pictures with a trained network.",
        discussion: """
            For each picture NAME.png or NAME.jpg the output folder gets NAME_overlay.png, the picture with its \
            classes in colour, and what MODEL.MASK_FORMER.TEST turns on:

              SEMANTIC_ON  NAME_labels.png: class numbers, indices of a palette of the classes' colours
              PANOPTIC_ON  NAME_panoptic.png and NAME_panoptic.json: numbers of segments as colours and their \
            classes, in COCO's format; the overlay then outlines every object
              INSTANCE_ON  NAME_instances.json: masks and scores, as COCO's results; without the others the \
            overlay outlines those that score 0.5 or more

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

              What the network itself says of a picture:
                pem-predict --config Configs/camvid_sem.cfg \\
                  --weights model_final.safetensors --output output/pictures \\
                  --raw output/pictures/raw.safetensors street.png
            """,
        version: CommandRunner.version)

    @OptionGroup var common: CommonOptions

    @Option(
        help: ArgumentHelp(
            "Weights: safetensors, .pth or .pkl, with official names (default: MODEL.WEIGHTS).", valueName: "file"),
        completion: .weights)
    var weights: String?

    @Option(
        help: ArgumentHelp(
            "Also write the last layer's predictions to this safetensors file.", valueName: "file"),
        completion: .file(extensions: ["safetensors"]))
    var raw: String?

    @Argument(
        parsing: .allUnrecognized,
        help: ArgumentHelp(
            "Pictures (PNG or JPEG), then keys of the configuration with their values.", valueName: "image"),
        completion: .file(extensions: ["png", "jpg", "jpeg", "PNG", "JPG", "JPEG"]))
    var words: [String] = []

    func run() throws {
        try CommandRunner.run {
            let (images, settings) = try Settings.split(words)
            guard !images.isEmpty else { throw ValidationError("Missing expected argument '<image> ...'") }
            guard let output = common.output else {
                throw ValidationError("Missing expected argument '--output <dir>'")
            }
            let setup = try common.setUp(settings, weights: weights)
            let options = PredictionRecipe.Options(
                weights: try common.weights(of: setup), images: images, output: output, raw: raw,
                overwrites: common.overwrite)
            return try PredictionRecipe(setup, options, console: Console()).run()
        }
    }
}
