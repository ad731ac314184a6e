import Tensors

private let wantedParts = 16
/// Floats of all slots together: every slot is written and added.
private let slotBudget = 5 << 18
/// Channels of a group are a multiple of every kernel's panel.
private let panelWidth = 32

/// How the sums of a weight gradient are cut, by the shape alone. Slots are ranges of rows with sums of their own,
/// which are added in order; groups are ranges of the channels of one side.
struct WeightGradientParts {
    let slots: Int
    /// Parts that each slot is cut into besides: 1, or where slots alone are too few those that were offered.
    let cuts: Int
    private let rows: Int
    private let channels: Int
    private let grain: Int

    /// - Parameters:
    ///   - rows: what is summed; `fewest` of them are worth a slot.
    ///   - sums: floats of a slot.
    ///   - channels: of the side that is cut into groups, of at most `most`.
    ///   - cuts: parts that a slot may be cut into besides. Each reads all that the others read.
    init(rows: Int, fewest: Int, sums: Int, channels: Int, most: Int = .max, cuts: Int = 1) {
        slots = max(1, min(wantedParts, rows / fewest, slotBudget / sums))
        self.cuts = slots < wantedParts ? cuts : 1
        let panels = (channels + panelWidth - 1) / panelWidth
        let parts = slots * self.cuts
        let groups = min(panels, (wantedParts + parts - 1) / parts)
        grain = min((panels + groups - 1) / groups * panelWidth, most)
        (self.rows, self.channels) = (rows, channels)
    }

    var groups: Int { (channels + grain - 1) / grain }

    func group(_ index: Int) -> Range<Int> { index * grain..<min(channels, (index + 1) * grain) }

    func rows(_ slot: Int) -> Range<Int> { slot * rows / slots..<(slot + 1) * rows / slots }
}
