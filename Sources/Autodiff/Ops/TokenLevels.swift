import Tensors

/// Maps of several sizes whose pixels are one sequence of tokens: map after map, each row by row.
package struct TokenLevels: Sendable, Equatable {
    /// A map: its tokens are `start ..< start + height · width`.
    package struct Level: Sendable, Equatable {
        package let height: Int
        package let width: Int
        package let start: Int

        /// Its tokens.
        package var tokens: Range<Int> { start..<start + height * width }
    }

    /// The maps.
    package let levels: [Level]
    /// Tokens of all maps.
    package let count: Int

    /// Maps of the sizes (height, width).
    package init(_ sizes: [(height: Int, width: Int)]) {
        var (levels, start) = ([Level](), 0)
        for size in sizes {
            levels.append(Level(height: size.height, width: size.width, start: start))
            start += size.height * size.width
        }
        (self.levels, count) = (levels, start)
    }

    /// Tiles of at most `most` tokens that lie near each other: rows of narrow maps, parts of rows of wide ones, each
    /// above the next.
    func tiles(of most: Int) -> [Range<Int>] {
        levels.flatMap { level -> [Range<Int>] in
            if level.width <= most {
                let step = most / max(1, level.width) * max(1, level.width)
                return stride(from: level.start, to: level.tokens.upperBound, by: step).map {
                    $0..<min($0 + step, level.tokens.upperBound)
                }
            }
            let strips = (level.width + most - 1) / most
            let step = (level.width + strips - 1) / strips
            return stride(from: 0, to: level.width, by: step).flatMap { column in
                (0..<level.height).map { row in
                    let first = level.start + row * level.width + column
                    return first..<first + min(step, level.width - column)
                }
            }
        }
    }
}

/// Maps [B, Hₗ, Wₗ, C] -> their pixels as one sequence [B, N, C]. Saves nothing; the gradients are parts of dY.
package func joinedTokens(_ maps: [Variable]) -> Variable {
    let shapes = maps.map(\.shape)
    let levels = TokenLevels(shapes.map { ($0[1], $0[2]) })
    let (images, channels) = (shapes[0][0], shapes[0][3])
    precondition(
        shapes.allSatisfy { $0.count == 4 && $0[0] == images && $0[3] == channels }, "joinedTokens: maps \(shapes)")
    let y = Tensor(uninitialized: [images, levels.count, channels])
    for (map, level) in zip(maps, levels.levels) { copyTokens(map.value, level, of: y, joins: true) }
    let wanted = maps.map(\.needsGradient)
    return record(y, inputs: maps) { dY in
        shapes.indices.map { index in
            guard wanted[index] else { return nil }
            let dX = Tensor(uninitialized: shapes[index])
            copyTokens(dX, levels.levels[index], of: dY, joins: false)
            return dX
        }
    }
}

/// The map [B, H, W, C] of one level of the tokens [B, N, C]; of one image it shares their buffer. Saves nothing.
package func tokenMap(_ tokens: Variable, _ level: TokenLevels.Level) -> Variable {
    let (shape, images) = (tokens.shape, tokens.shape[0])
    let mapShape = [images, level.height, level.width, shape[2]]
    let map: Tensor
    if images == 1 {
        map = tokens.value.reshaped([shape[1], shape[2]]).items(level.tokens).reshaped(mapShape)
    } else {
        map = Tensor(uninitialized: mapShape)
        copyTokens(map, level, of: tokens.value, joins: false)
    }
    return record(map, inputs: [tokens]) { dY in
        let dX = Tensor(zeros: shape)
        copyTokens(dY, level, of: dX, joins: true)
        return [dX]
    }
}

/// Copies a map [B, H, W, C] into the tokens [B, N, C] where it `joins` them, else out of them.
private func copyTokens(_ map: Tensor, _ level: TokenLevels.Level, of tokens: Tensor, joins: Bool) {
    let channels = map.channels
    let all = tokens.shape[1]
    parallelFor(map.shape[0] * level.height) { line in
        let (image, row) = (line / level.height, line % level.height)
        let inMap = map.data + line * level.width * channels
        let inTokens = tokens.data + (image * all + level.start + row * level.width) * channels
        let count = level.width * channels
        if joins { inTokens.update(from: inMap, count: count) } else { inMap.update(from: inTokens, count: count) }
    }
}
