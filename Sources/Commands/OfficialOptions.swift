/// Options of detectron2's programs (train_net.py, demo.py) that ours do not have.
enum OfficialOptions {
    /// What to use instead of the first of them among the arguments; nil where there is none.
    static func advice(on arguments: [String], to command: String) -> String? {
        for argument in arguments.prefix(while: { $0 != "--" }) {
            let option = String(argument.prefix { $0 != "=" })
            if let advice = advice(on: option, to: command) { return "\(option) is no option here: \(advice)" }
        }
        return nil
    }

    private static func advice(on option: String, to command: String) -> String? {
        switch option {
        case "--eval-only":
            "evaluation is a command of its own, pem-eval --config FILE --weights FILE; leave the option out"
        case "--num-gpus":
            "everything runs on the processor, on all its cores or with --threads N on fewer; leave the option out"
        case "--num-machines", "--machine-rank", "--dist-url":
            "a run is one process on one machine; leave the option out"
        case "--opts":
            "keys of the configuration follow as KEY VALUE ...; leave the option out"
        case "--input" where command == "pem-predict":
            "the pictures follow as they are; leave the option out"
        case "--config-file" where command == "pem-convert":
            "use --for FILE to name the configuration of the network that the weights are for"
        case "--config-file" where command == "pem-data":
            "use the data set's name, or its description file, without an option"
        case "--config-file" where command == "pem-doctor":
            "use pem-profile --config-file FILE to measure the network of a configuration"
        case "--config-file" where command == "pem-bench":
            "use --configs DIR to name the folder of the configurations"
        default: nil
        }
    }
}
