#pragma once

/// target[c][o] = source[o · output_step + c · channel_step] for `channels` rows of `width` floats, of which `valid`
/// are there; the others are zeros.
void pk_pack_columns(
    const float *source, long output_step, long channel_step, long channels, long valid, long width, float *target);
