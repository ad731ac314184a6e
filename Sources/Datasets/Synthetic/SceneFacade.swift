/// The front of a building, or a wall, fence or hedge, along the street.
struct SceneFacade {
    enum Kind: Equatable { case building, wall, fence, hedge }

    let kind: Kind
    /// Sideways; negative is left.
    let x: Float
    let near, far, height: Float
    let tint, trim: SceneColor
    let storey, windowSpacing: Float
    let hasBricks, hasShops: Bool
    let seed: UInt32

    /// The Cityscapes label id.
    var label: UInt16 {
        switch kind {
        case .building: 11
        case .wall: 12
        case .fence: 13
        case .hedge: 21
        }
    }

    /// The height of the top edge: hedges are uneven.
    func top(at z: Float) -> Float {
        kind == .hedge ? height * (0.82 + 0.36 * SceneNoise.rough(z * 0.9, 0, seed)) : height
    }

    /// The colour at `along` metres and `y` above the ground.
    func color(_ along: Float, _ y: Float) -> SceneColor {
        switch kind {
        case .building: building(along, y)
        case .wall: SceneSurfaces.wall(along, y, tint: tint, hasBricks: hasBricks, seed: seed)
        case .fence:
            SceneSurfaces.fence(along, y, top: height, tint: tint, isOpen: hasShops, seed: seed) ?? tint * 0.5
        case .hedge: SceneSurfaces.leaves(along, y, tint: tint, seed: seed)
        }
    }

    private func building(_ along: Float, _ y: Float) -> SceneColor {
        let plaster = tint * (0.88 + 0.2 * SceneNoise.rough(along * 0.7, y * 0.7, seed))
        if y > height - 0.5 { return trim * 0.9 }
        let level = y / storey
        let floor = level.rounded(.down)
        let bay = along / windowSpacing
        let column = bay.rounded(.down)
        let (across, up) = (bay - column, level - floor)
        if floor == 0 && hasShops { return shop(across, up, column) ?? plaster * 0.8 }
        if up < 0.06 { return trim }
        guard across > 0.24, across < 0.78, up > 0.28, up < 0.85 else { return plaster }
        if across < 0.29 || across > 0.73 || up < 0.33 || up > 0.8 || abs(across - 0.51) < 0.02 { return trim * 1.1 }
        let pane = SceneNoise.hash(Int32(column), Int32(floor), seed)
        let glass = SceneColor(38, 46, 58).mixed(SceneColor(150, 170, 190), pane * pane * 0.8)
        return glass * (0.8 + 0.4 * SceneNoise.smooth(along * 1.5, y * 1.5, seed &+ 2))
    }

    /// Shop windows, doors and what is written over them.
    private func shop(_ across: Float, _ up: Float, _ column: Float) -> SceneColor? {
        let own = SceneNoise.hash(Int32(column), -1, seed)
        if up > 0.78 { return SceneColor(60, 60, 70).mixed(SceneColor(190 * own, 120 * (1 - own), 60 + 90 * own), 0.8) }
        guard across > 0.1, across < 0.9, up > 0.1 else { return nil }
        return SceneColor(52, 50, 55).mixed(SceneColor(210, 180, 130), own * 0.55)
    }
}
