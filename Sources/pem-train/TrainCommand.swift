import ArgumentParser
import Commands
import Engine
import Recipes

@main
struct TrainCommand: RootCommand {
    static let configuration = CommandConfiguration(
        commandName: "pem-train",
        abstract: "Train a PEM network.",
        discussion: """
            The output folder (--output, or OUTPUT_DIR of the configuration) gets config.yaml (every key \
            resolved), metrics.jsonl (a line an iteration), log.txt (what is told here), an event file for \
            TensorBoard (tensorboard --logdir DIR: losses, rates, speed, scores, and panels input, truth, \
            prediction), model_<iteration>.safetensors with its training state beside it every \
            SOLVER.CHECKPOINT_PERIOD iterations (the last SOLVER.CHECKPOINT_KEEP stay), \
            model_best.safetensors, and at the end model_final.safetensors and results.json.

            On a terminal a line of progress begins with the time that is left, evaluations included (`>` until one \
            was timed); elsewhere there is a line every 20 iterations. NO_COLOR is heeded.

            Before the first iteration the headers of all files are read, those of the validation set too, and \
            each one that is broken is named.

            One run at a time writes there: a second one is refused while the first lives. On a full disk a \
            checkpoint is tried again at the next period; at the end and on Ctrl-C it is an error.

            Ctrl-C finishes the iteration and saves, as SIGTERM, SIGQUIT and a closed terminal (SIGHUP, unless \
            under nohup) do; --resume then goes on as if nothing had happened, to the last bit, also after a crash, \
            from the last whole checkpoint: damaged ones are skipped by name, and where none is whole nothing is done.

            EXAMPLES
              Train PEM-STDC1 on Cityscapes, found under DETECTRON2_DATASETS or Datasets/:
                pem-train --config Configs/cityscapes_sem_stdc1.cfg

              The official batch of 32 on one machine: 8 parts of 4 images a step:
                pem-train --config Configs/cityscapes_sem_stdc1.cfg \\
                  SOLVER.IMS_PER_BATCH 32 SOLVER.ACCUMULATE 8

              Go on where it stopped:
                pem-train --config Configs/cityscapes_sem_stdc1.cfg --resume

              Without the ImageNet weights that an official file names:
                pem-train --config official.yaml --from-scratch

              How long it would take, and how much memory and disk; nothing is written:
                pem-train --config Configs/cityscapes_sem_stdc1.cfg --dry-run

              What every key of a configuration means:
                pem-train --config Configs/pidnet/cityscapes_sem_s.cfg --keys

              Start from trained weights (the number of classes may differ; a
              backbone alone will do):
                pem-train --config Configs/camvid_sem.cfg \\
                  --weights model.safetensors --output output/tuned
            """,
        version: CommandRunner.version)

    @OptionGroup var common: CommonOptions

    @Flag(help: "Go on from the last whole checkpoint in the output folder.")
    var resume = false

    @Option(
        help: ArgumentHelp(
            "Weights to start from: safetensors, .pth or .pkl with official names (MODEL.WEIGHTS).",
            valueName: "file"), completion: .weights)
    var weights: String?

    @Flag(help: "Start from random weights, whatever MODEL.WEIGHTS of the configuration names.")
    var fromScratch = false

    @Flag(
        help: "Do three iterations, tell how long the run would take, and how much memory and disk; write nothing.")
    var dryRun = false

    @Flag(help: "List every key of the configuration with its value and what it means, and do nothing else.")
    var keys = false

    @Argument(parsing: .allUnrecognized, help: Settings.help)
    var settings: [String] = []

    func validate() throws {
        if fromScratch, weights != nil || settings.contains("MODEL.WEIGHTS") {
            throw ValidationError("--from-scratch excludes --weights and MODEL.WEIGHTS")
        }
        if dryRun, resume { throw ValidationError("--dry-run excludes --resume: it tells what a whole run takes") }
    }

    func run() throws {
        try CommandRunner.run {
            let setup = try common.setUp(settings, weights: fromScratch ? "" : weights)
            if keys {
                try setup.configuration.explainedKeys().forEach(Console().line)
                return 0
            }
            var options = TrainingRecipe.Options()
            options.resumes = resume
            options.overwrites = common.overwrite
            options.isTrial = dryRun
            return try TrainingRecipe(setup, options, console: Console()).run()
        }
    }
}
