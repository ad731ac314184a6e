// Made by Tools/reference/augmentation.py: opencv 5.0.0, numpy 2.4.6, pillow 13.0.0, torch 2.15.0+cu132.
import Datasets

enum AugmentationReference {
    /// Folded hash of HSV → RGB for every hue, saturation, value (in this order, value fastest).
    static let everyRGB: UInt64 = 7109558378974920715
    /// Folded hash of RGB → HSV for every red, green, blue (in this order, blue fastest).
    static let everyHSV: UInt64 = 4199088805811468361

    /// Colour distortions of picture(height: 37, width: 64), and the hash of the result.
    static let distortions: [(ColorAugmentation, UInt64)] = [
        (
            ColorAugmentation(brightness: -31.25),
            8480027068667616454
        ),
        (
            ColorAugmentation(brightness: 17.7),
            11238174845002570087
        ),
        (
            ColorAugmentation(contrast: 0.53125),
            16695821308869795669
        ),
        (
            ColorAugmentation(contrast: 1.4872),
            11757958632083012909
        ),
        (
            ColorAugmentation(saturation: 0.61),
            17139421663644521889
        ),
        (
            ColorAugmentation(saturation: 1.37),
            17404470119541116752
        ),
        (
            ColorAugmentation(hue: -18),
            4761597853756846947
        ),
        (
            ColorAugmentation(hue: 11),
            2594270163313933718
        ),
        (
            ColorAugmentation(brightness: 12.5, contrast: 1.31, saturation: 1.49, hue: 7),
            16176620112297574502
        ),
        (
            ColorAugmentation(brightness: -20.1, contrast: 0.77, saturation: 0.52, hue: -3, contrastComesFirst: false),
            7053850055440730870
        ),
    ]

    /// Height, width of picture and labels; new height, width; crop x, y, width, height; flipped;
    /// hashes of picture and labels (8 bits).
    static let geometry: [(size: [Int], crop: [Int], flips: Bool, picture: UInt64, labels: UInt64)] = [
        ([60, 90, 43, 65], [5, 3, 40, 32], false, 7292415829687333773, 3192788841918485377),
        ([60, 90, 150, 225], [100, 20, 48, 96], true, 1539733633554729116, 17884508660910469985),
        ([200, 150, 200, 150], [0, 0, 150, 200], true, 13296492805427607797, 12350871319123099042),
        ([97, 311, 131, 420], [17, 0, 352, 131], false, 15237551010768936886, 6536721113259948141),
    ]

    /// Height, width, shortest side, longest side → height, width (detectron2's ResizeShortestEdge).
    static let shortestEdge: [([Int], [Int])] = [
        ([1024, 2048, 512, 2048], [512, 1024]),
        ([1024, 2048, 1536, 2048], [1024, 2048]),
        ([360, 480, 216, 2048], [216, 288]),
        ([683, 512, 640, 2560], [854, 640]),
        ([375, 500, 333, 400], [300, 400]),
        ([512, 512, 7, 9], [7, 7]),
        ([479, 641, 599, 800], [598, 800]),
    ]
}
