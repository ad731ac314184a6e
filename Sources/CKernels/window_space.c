// The parts of attention within windows that both directions have.
#include "window_space.h"

size_t window_lay_out(struct window_space *space, long side, long depth, int backward, char *memory)
{
    long count = side * side, row = pk_window_row(side), width = whole_vectors(depth), queries;
    size_t used = 0;
    space->count = count;
    space->row = row;
    space->depth = width;
    queries = backward ? count : queries_at_once(count);
#define TAKE(place, number) \
    space->place = (void *)(memory + used); \
    used += ((size_t)(number) * sizeof *space->place + 63) & ~(size_t)63;
    TAKE(tokens, row)
    TAKE(ahead, count)
    TAKE(positions, count)
    TAKE(queries, count)
    TAKE(regions, row)
    TAKE(q, queries * width)
    TAKE(v, count * width)
    TAKE(o, queries * width)
    TAKE(columns, width * row)
    TAKE(scores, queries * row)
    TAKE(sums, queries)
    if (backward) {
        TAKE(k, count * width)
        TAKE(gradient, count * width)
        TAKE(score_gradient, count * row)
    }
#undef TAKE
    return used;
}

static int region_of(long place, long length, long side, long shift)
{
    return place < length - side ? 0 : place < length - shift ? 1 : 2;
}

/// Where the tokens of a window lie in the image, row by row: −1 for one that is padded.
INLINE void find_tokens(
    const struct window_attention *attention, long window, long *positions, const float **tokens)
{
    long side = attention->side, stride = 3 * attention->heads * attention->depth;
    long down = windows_along(attention->height, side), across = windows_along(attention->width, side);
    long first_y = window / across * side + attention->shift, first_x = window % across * side + attention->shift;
    for (long i = 0; i < side; i++)
        for (long j = 0; j < side; j++) {
            long y = first_y + i, x = first_x + j;
            y -= y < down * side ? 0 : down * side;
            x -= x < across * side ? 0 : across * side;
            long position = y < attention->height && x < attention->width ? y * attention->width + x : -1;
            *tokens++ = position < 0 ? attention->padding : attention->qkv + position * stride;
            if (positions) *positions++ = position;
        }
}

void window_open(const struct window_attention *attention, long window, struct window_space *space)
{
    long side = attention->side, shift = attention->shift;
    long down = windows_along(attention->height, side), across = windows_along(attention->width, side);
    space->channels = attention->heads * attention->depth;
    space->query_count = 0;
    space->is_mixed = shift > 0 && (window / across == down - 1 || window % across == across - 1);
    find_tokens(attention, window, space->positions, space->tokens);
    find_tokens(attention, window + 1 < down * across ? window + 1 : window, NULL, space->ahead);
    for (long i = 0; i < space->count; i++)
        if (space->positions[i] >= 0) space->queries[space->query_count++] = i;
    if (!space->is_mixed) return;
    for (long i = 0; i < space->row; i++) {
        int y = region_of(window / across * side + i / side, down * side, side, shift);
        int x = region_of(window % across * side + i % side, across * side, side, shift);
        space->regions[i] = 3 * y + x;
    }
}

KERNEL(void, window_gather_columns, (const struct window_space *space, long offset, long depth), (space, offset, depth))
{
    for (long i = 0; i < space->row; i += lanes) {
        long tokens = minimum(lanes, space->count - i), c = 0;
        if (tokens == lanes)
            for (; c + lanes <= depth; c += lanes)
                transpose_rows(space->tokens + i, offset + c, space->columns + c * space->row + i, space->row);
        for (; c < depth; c++)
            for (long t = 0; t < lanes; t++)
                space->columns[c * space->row + i + t] = t < tokens ? space->tokens[i + t][offset + c] : 0;
    }
}

KERNEL(void, window_exponentiate, (const struct window_space *space, const float *bias, long first, long count,
    float *scores), (space, bias, first, count, scores))
{
    for (long r = 0; r < count; r++, scores += space->row) {
        long query = space->queries[first + r];
        const float *shift = bias + query * space->row;
        vector most = (vector){0} - INFINITY, sum = (vector){0};
        int region = space->regions[query];
        for (long i = 0; i < space->row; i += lanes) {
            vector x = *(vector *)(scores + i) + *(const vector *)(shift + i);
            if (space->is_mixed) {
                mask other = *(const mask *)(space->regions + i) != region;
                x += (vector)((mask)((vector){0} - 100.0f) & other);
            }
            *(vector *)(scores + i) = x;
            most = CHOSEN(x > most, x, most);
        }
        float maximum = largest_lane(&most);
        for (long i = 0; i < space->row; i += lanes) {
            vector y = *(vector *)(scores + i) - maximum;
            exponentiate_nonpositive(&y);
            *(vector *)(scores + i) = y;
            sum += y;
        }
        space->sums[r] = 1 / sum_of_lanes(&sum);
    }
}

KERNEL(void, window_product, (long rows, long columns, long depth, struct strided_matrix a, const float *b,
    long b_row, float *c, long c_row), (rows, columns, depth, a, b, b_row, c, c_row))
{
    long most = product_row_count();
    long tiles = (rows + most - 1) / most, height = (rows + tiles - 1) / tiles;
    for (long column = 0; column < columns; column += 2 * lanes)
        for (long row = 0; row < rows; row += height) {
            struct strided_matrix part = {a.data + row * a.row, a.row, a.column};
            long count = minimum(height, rows - row);
            float *target = c + row * c_row + column;
            if (columns - column > lanes)
                product_rows(count, 2, part, depth, b + column, b_row, target, c_row);
            else
                product_rows(count, 1, part, depth, b + column, b_row, target, c_row);
        }
}
