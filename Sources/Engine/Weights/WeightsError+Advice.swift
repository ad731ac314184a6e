extension WeightsError {
    /// What the file holds, where it is sound and more is missing; nil where something else is wrong.
    var part: String? {
        guard !matched.isEmpty, !missing.isEmpty, mismatched.isEmpty else { return nil }
        if isPart { return "a part of the network" }
        guard unexpected.isEmpty, matched.allSatisfy(Self.isOfBackbone) else { return nil }
        let dispensable = WeightsFile.Leniency.trainingStart.dispensable
        let isWhole = missing.allSatisfy { name in
            !Self.isOfBackbone(name) || dispensable.contains(where: name.hasPrefix)
        }
        return isWhole ? "the backbone" : nil
    }

    /// What to do where names or shapes differ.
    package var advice: String {
        guard let configuration else { return reason }
        return reason + " The configuration beside them is \(configuration)."
    }

    private var reason: String {
        if let fileNetwork, let ownNetwork, fileNetwork != ownNetwork {
            return "The names in the file are those of \(fileNetwork), the configuration's network is \(ownNetwork): "
                + "name a configuration of \(fileNetwork)."
        }
        if let foreignPrefix {
            return "In the file all names begin with \(foreignPrefix) and nothing fits, with or without it: save the "
                + "state_dict() of the network alone."
        }
        return reasonOfShapes ?? reasonOfNames
    }

    /// Where all names fit.
    private var reasonOfShapes: String? {
        guard missing.isEmpty, unexpected.isEmpty else { return nil }
        func isOnly(_ parts: [String]) -> Bool {
            mismatched.allSatisfy { tensor in parts.contains(where: tensor.name.contains) }
        }
        if isOnly(WeightsFile.Leniency.classLayers) {
            return "The number of classes differs: set MODEL.SEM_SEG_HEAD.NUM_CLASSES to that of the weights."
        }
        if isOnly(["query_feat.", "query_embed."]) {
            return "The number of queries differs: set MODEL.MASK_FORMER.NUM_OBJECT_QUERIES to that of the weights."
        }
        if isOnly(["relative_position_bias_table"]) {
            // [(2w − 1)², heads].
            guard mismatched.allSatisfy({ $0.expected.last == $0.got.last }) else {
                return "The weights are for other numbers of heads: set MODEL.SWIN.NUM_HEADS to theirs."
            }
            return "The weights are for another window: set MODEL.SWIN.WINDOW_SIZE to theirs, or "
                + "MODEL.SWIN.RESIZE_POSITION_TABLES True to resize the tables."
        }
        return "The weights are of a network of other widths: name the configuration of their variant."
    }

    private var reasonOfNames: String {
        let depths = otherDepths
        if !depths.isEmpty {
            return "The weights are of a network of other depths (\(depths.joined(separator: "; "))): name the "
                + "configuration of their variant."
        }
        let shapes = mismatched.map(\.name)
        if matched.contains(where: Self.isOfBackbone),
            !(missing + unexpected + shapes).contains(where: Self.isOfBackbone)
        {
            return "The backbone fits, the rest does not: name a configuration whose head is that of the weights."
        }
        return "The weights are of another network: name its configuration."
    }

    private static func isOfBackbone(_ name: String) -> Bool { name.hasPrefix("backbone.") }

    /// Numbered modules that both have and that are not as many, the first few: "backbone.block3 has 2 in the file, 6
    /// in the network".
    private var otherDepths: [String] {
        let common = matched + mismatched.map(\.name)
        let (file, own) = (Self.numbers(common + unexpected), Self.numbers(common + missing))
        return own.keys.sorted().compactMap { module -> String? in
            guard let found = file[module]?.count, let wanted = own[module]?.count, found != wanted else { return nil }
            return "\(module) has \(found) in the file, \(wanted) in the network"
        }.prefix(4).map(\.self)
    }

    /// The numbers that follow each module's name.
    private static func numbers(_ names: [String]) -> [String: Set<Int>] {
        var numbers: [String: Set<Int>] = [:]
        for name in names {
            let parts = name.split(separator: ".")
            for (index, part) in parts.enumerated().dropFirst() {
                guard let number = Int(part) else { continue }
                numbers[parts[..<index].joined(separator: "."), default: []].insert(number)
            }
        }
        return numbers
    }
}
