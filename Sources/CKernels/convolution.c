// Direct convolution without a column matrix: a table of pointers says where each pixel's taps lie in the
// input.
#include "convolution_table.h"

/// Tiles whose tables are made together; a weight panel is read once for all of them.
enum { group_tiles = 8 };

long pk_convolution_tile_pixels(void) { return pk_convolution_kernels()->rows; }

long pk_convolution_panel_width(void) { return 2 * pk_convolution_kernels()->lanes; }

long pk_convolution_table_count(long tap_count) { return group_tiles * most_rows * tap_count; }

struct tile {
    long first, pixels, runs, length;
    const float **rows;
    long offsets[most_rows], residual_offsets[most_rows], column_offsets[most_rows];
};

/// Where pixel (y, x) of the output, counted from the first image's, is stored, and what is added to it lies.
static void place(const struct convolution_pass *pass, struct tile *tile, long r, long pixel, long y, long x)
{
    tile->offsets[r] = pixel * pass->output_stride;
    if (pass->epilogue.columns) {
        tile->residual_offsets[r] = y * pass->output_channels;
        tile->column_offsets[r] = x * pass->output_channels;
    } else
        tile->residual_offsets[r] = pixel * pass->epilogue.residual_stride;
}

/// The channels of an input pixel, or zeros above and below the image and where `inside` says no.
static const float *pixel_at(const struct convolution_pass *pass, long image, long y, long x, int inside)
{
    if (!inside || y < 0 || y >= pass->input_height) return pass->zeros;
    return pass->input + ((image * pass->input_height + y) * pass->input_width + x) * pass->input_stride;
}

/// Pointers to whole tap rows, where no tap of the tile leaves the image sideways and the taps are
/// neighbours in memory.
static void point_to_rows(const struct convolution_pass *pass, struct tile *tile, long rows, const long (*sites)[3])
{
    for (long a = 0; a < pass->tap_row_count; a++)
        for (long r = 0; r < rows; r++) {
            long y = sites[r][1] * pass->input_step + pass->tap_rows[a];
            long x = sites[r][2] * pass->input_step + pass->tap_columns[0];
            tile->rows[a * rows + r] = pixel_at(pass, sites[r][0], y, x, 1);
        }
    tile->runs = pass->tap_row_count;
    tile->length = pass->tap_column_count * pass->channels;
}

static void point_to_taps(const struct convolution_pass *pass, struct tile *tile, long rows, const long (*sites)[3])
{
    const float **pointer = tile->rows;
    for (long a = 0; a < pass->tap_row_count; a++)
        for (long b = 0; b < pass->tap_column_count; b++)
            for (long r = 0; r < rows; r++) {
                long y = sites[r][1] * pass->input_step + pass->tap_rows[a];
                long x = sites[r][2] * pass->input_step + pass->tap_columns[b];
                int inside = x >= 0 && x < pass->input_width;
                *pointer++ = pixel_at(pass, sites[r][0], y, x, inside);
            }
    tile->runs = pass->tap_row_count * pass->tap_column_count;
    tile->length = pass->channels;
}

/// The same for a whole tile within a line, none of whose taps leaves the image sideways: pointers follow by counting.
/// Site (image, i, j) is the tile's first.
static void point_along_line(
    const struct convolution_pass *pass, struct tile *tile, long rows, const long site[3], int neighbours)
{
    long step = pass->input_step * pass->input_stride, columns = neighbours ? 1 : pass->tap_column_count;
    const float **pointer = tile->rows;
    for (long a = 0; a < pass->tap_row_count; a++)
        for (long b = 0; b < columns; b++, pointer += rows) {
            long y = site[1] * pass->input_step + pass->tap_rows[a];
            const float *x = pixel_at(pass, site[0], y, site[2] * pass->input_step + pass->tap_columns[b], 1);
            long apart = x == pass->zeros ? 0 : step;
            for (long r = 0; r < rows; r++) pointer[r] = x + r * apart;
        }
    tile->runs = pass->tap_row_count * columns;
    tile->length = (neighbours ? pass->tap_column_count : 1) * pass->channels;
}

static int taps_are_neighbours(const struct convolution_pass *pass)
{
    if (pass->input_stride != pass->channels || pass->tap_column_count == 0) return 0;
    for (long b = 1; b < pass->tap_column_count; b++)
        if (pass->tap_columns[b] != pass->tap_columns[b - 1] + 1) return 0;
    return 1;
}

/// Whether output pixels are input pixels one to one, and their places do not matter: a 1×1 convolution of stride 1.
static int is_pointwise(const struct convolution_pass *pass)
{
    return pass->tap_row_count * pass->tap_column_count == 1 && pass->tap_rows[0] == 0
        && pass->tap_columns[0] == 0 && !pass->epilogue.columns && pass->input_step == 1 && pass->output_step == 1
        && pass->input_height == pass->height && pass->input_width == pass->width
        && pass->output_height == pass->height && pass->output_width == pass->width;
}

static void prepare_pointwise(const struct convolution_pass *pass, struct tile *tile, long rows)
{
    for (long r = 0; r < rows; r++) {
        long pixel = tile->first + (r < tile->pixels ? r : tile->pixels - 1);
        tile->rows[r] = pass->input + pixel * pass->input_stride;
        tile->offsets[r] = pixel * pass->output_stride;
        tile->residual_offsets[r] = pixel * pass->epilogue.residual_stride;
    }
    tile->runs = 1;
    tile->length = pass->channels;
}

/// Whether point_along_line holds for a tile that begins in column j.
static int is_along_line(const struct convolution_pass *pass, const struct tile *tile, long rows, long j)
{
    if (tile->pixels < rows || j + rows > pass->width || pass->tap_column_count == 0) return 0;
    return j * pass->input_step + pass->tap_columns[0] >= 0
        && (j + rows - 1) * pass->input_step + pass->tap_columns[pass->tap_column_count - 1] < pass->input_width;
}

static void prepare(const struct convolution_pass *pass, struct tile *tile, long rows, int neighbours)
{
    long sites[most_rows][3], columns = pass->tap_column_count;
    // One division a tile: the sites after the first follow by counting.
    long line = tile->first / pass->width, j = tile->first - line * pass->width;
    long image = line / pass->height, i = line - image * pass->height;
    int along = is_along_line(pass, tile, rows, j);
    long y = 0, x = 0, pixel = 0;
    for (long r = 0; r < rows; r++) {
        sites[r][0] = image;
        sites[r][1] = i;
        sites[r][2] = j;
        y = pass->output_row + i * pass->output_step;
        x = pass->output_column + j * pass->output_step;
        pixel = (image * pass->output_height + y) * pass->output_width + x;
        if (along) break;
        place(pass, tile, r, pixel, y, x);
        long left = j * pass->input_step + (columns ? pass->tap_columns[0] : 0);
        if (left < 0 || left + columns > pass->input_width) neighbours = 0;
        // Rows beyond the last pixel repeat it; they are computed and not stored.
        if (r + 1 >= tile->pixels || ++j < pass->width) continue;
        j = 0;
        if (++i == pass->height) i = 0, image++;
    }
    if (along) {
        for (long r = 0; r < rows; r++)
            place(pass, tile, r, pixel + r * pass->output_step, y, x + r * pass->output_step);
        point_along_line(pass, tile, rows, sites[0], neighbours);
    } else if (neighbours)
        point_to_rows(pass, tile, rows, (const long (*)[3])sites);
    else
        point_to_taps(pass, tile, rows, (const long (*)[3])sites);
}

void pk_convolution_run(
    const struct convolution_pass *pass, long first, long last, long first_panel, long last_panel, const float **table)
{
    const struct kernel_table *kernels = pk_convolution_kernels();
    long rows = kernels->rows, lanes = kernels->lanes, taps = pass->tap_row_count * pass->tap_column_count;
    long depth = taps * pass->channels, ahead = rows * pass->input_step * pass->input_stride;
    int neighbours = taps_are_neighbours(pass), pointwise = is_pointwise(pass);
    struct tile tiles[group_tiles];
    while (first < last) {
        long count = 0;
        for (; count < group_tiles && first < last; count++, first += rows) {
            struct tile *tile = &tiles[count];
            tile->first = first;
            tile->pixels = last - first < rows ? last - first : rows;
            tile->rows = table + count * rows * taps;
            if (pointwise)
                prepare_pointwise(pass, tile, rows);
            else
                prepare(pass, tile, rows, neighbours);
        }
        for (long panel = first_panel; panel < last_panel; panel++) {
            long channel = panel * 2 * lanes, width = pk_convolution_panel_lanes(panel, pass->output_channels);
            tile_kernel kernel = width == lanes ? kernels->tile1 : kernels->tile2;
            struct convolution_epilogue epilogue = pass->epilogue;
            if (epilogue.scale) epilogue.scale += channel;
            if (epilogue.shift) epilogue.shift += channel;
            if (epilogue.residual) epilogue.residual += channel;
            if (epilogue.columns) epilogue.columns += channel;
            if (epilogue.gate) epilogue.gate += channel;
            if (epilogue.sums) epilogue.sums += channel;
            for (long t = 0; t < count; t++) {
                struct tile *tile = &tiles[t];
                struct tile_target target = {
                    pass->output + channel, tile->offsets, tile->residual_offsets, tile->pixels,
                    pass->output_channels - channel < width ? pass->output_channels - channel : width,
                    panel == first_panel && tile->length >= lanes ? ahead : 0, tile->column_offsets,
                };
                kernel(tile->rows, tile->runs, tile->length, pass->panels + channel * depth, &target,
                    &epilogue);
            }
        }
    }
    finish_streams(&pass->epilogue);
}
