// Weights in the order in which the register-tiled kernels read them: panels of output channels, side by side for
// every input channel of every tap.
#include "convolution_pack.h"
#include "convolution_table.h"
#include "epilogue.h"
#include "kernel.h"

long pk_convolution_panel_lanes(long panel, long output_channels)
{
    long one = pk_convolution_kernels()->lanes;
    return output_channels - panel * 2 * one <= one ? one : 2 * one;
}

long pk_convolution_packed_count(long output_channels, long depth)
{
    long one = pk_convolution_kernels()->lanes;
    return (output_channels + one - 1) / one * one * depth;
}

/// One step of a transpose: blocks of `size` lanes change places between vectors `size` apart.
#define EXCHANGE(size, low, high) \
    for (int i = 0; i < lanes; i++) \
        if (!(i & size)) { \
            vector a = rows[i], b = rows[i + size]; \
            rows[i] = __builtin_shufflevector(a, b, low); \
            rows[i + size] = __builtin_shufflevector(a, b, high); \
        }
#define LOW_8 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23
#define HIGH_8 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31
#define LOW_4 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27
#define HIGH_4 4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31
#define LOW_2 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29
#define HIGH_2 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31
#define LOW_1 0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30
#define HIGH_1 1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31

/// Sixteen rows of sixteen floats become columns.
INLINE void transpose(const float *source, long source_step, float *target, long target_step)
{
    vector rows[lanes];
#pragma clang loop unroll(full)
    for (int i = 0; i < lanes; i++) rows[i] = *(const vector *)(source + i * source_step);
#pragma clang loop unroll(full)
    EXCHANGE(8, LOW_8, HIGH_8)
#pragma clang loop unroll(full)
    EXCHANGE(4, LOW_4, HIGH_4)
#pragma clang loop unroll(full)
    EXCHANGE(2, LOW_2, HIGH_2)
#pragma clang loop unroll(full)
    EXCHANGE(1, LOW_1, HIGH_1)
#pragma clang loop unroll(full)
    for (int i = 0; i < lanes; i++) *(vector *)(target + i * target_step) = rows[i];
}

KERNEL(void, pk_pack_columns, (const float *source, long output_step, long channel_step, long channels, long valid,
    long width, float *target), (source, output_step, channel_step, channels, valid, width, target))
{
    for (long first = 0; first < width; first += lanes)
        for (long c = 0; c < channels; c += lanes) {
            long last = first + lanes < width ? first + lanes : width;
            long end = c + lanes < channels ? c + lanes : channels;
            if (channel_step == 1 && first + lanes <= valid && c + lanes <= channels) {
                transpose(source + first * output_step + c, output_step, target + c * width + first, width);
                continue;
            }
            if (output_step == 1) {
                for (long k = c; k < end; k++) {
                    const float *row = source + k * channel_step;
                    float *line = target + k * width;
                    if (first + lanes <= minimum(width, valid)) {
                        *(vector *)(line + first) = *(const vector *)(row + first);
                        continue;
                    }
                    for (long o = first; o < last; o++) line[o] = 0;
                    for (long o = first; o < minimum(last, valid); o++) line[o] = row[o];
                }
                continue;
            }
            for (long k = c; k < end; k++)
                for (long o = first; o < last; o++)
                    target[k * width + o] = o < valid ? source[o * output_step + k * channel_step] : 0;
        }
}

void pk_convolution_pack(
    const float *weight, long output_channels, long output_step, long tap_count, const long *tap_offsets,
    long channels, long channel_step, long first_panel, long last_panel, float *packed)
{
    long depth = tap_count * channels;
    for (long panel = first_panel; panel < last_panel; panel++) {
        long first = panel * pk_convolution_panel_width(), width = pk_convolution_panel_lanes(panel, output_channels);
        long valid = output_channels - first < width ? output_channels - first : width;
        float *target = packed + first * depth;
        for (long tap = 0; tap < tap_count; tap++, target += channels * width)
            pk_pack_columns(
                weight + first * output_step + tap_offsets[tap], output_step, channel_step, channels, valid, width,
                target);
    }
}
