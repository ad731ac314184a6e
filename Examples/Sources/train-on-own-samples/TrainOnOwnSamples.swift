// Trains a small network on pictures that are made here, and says how well it labels others:
//     train-on-own-samples CONFIGURATION WEIGHTS PICTURE
// writes the weights, and a picture that it has not learned from.
import SegmentationNetworks
import SegmentationTraining

@main enum TrainOnOwnSamples {
    static func main() throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 4 else { return print("usage: train-on-own-samples CONFIGURATION WEIGHTS PICTURE") }
        let configuration = try NetworkConfiguration(contentsOf: arguments[1])
        let session = try TrainingSession(configuration, count: 64) { index in
            try Shapes.sample(index)
        }
        while !session.isFinished {
            let step = try session.step()
            if session.stepsDone % 20 == 0 {
                print("step \(session.stepsDone) of \(session.stepCount): loss \(step.loss)")
            }
        }
        try session.save(to: arguments[2])

        let model = try session.model()
        var (right, pixels) = (0, 0)
        for index in 1000..<1008 {
            let sample = try Shapes.sample(index)
            let found = model.segment(sample.picture)
            right += zip(found.labels?.values ?? [], sample.labels.values).count(where: ==)
            pixels += sample.labels.values.count
        }
        try Shapes.sample(1000).picture.write(to: arguments[3])
        print("\(100 * right / pixels) % of the pixels of new pictures have the right class")
    }
}
