/* Any view that aann_dataset_create accepts is read inside the memory it describes, and what it
 * refuses is refused in one line. Sizes and strides come from the input; a view that would lead out
 * of the block is only handed to the checks that do not read. */
#include <stdlib.h>
#include <string.h>

#include "data/fuzz_data.h"
#include "samples/array_view.h"

enum { BLOCK = 4096 };

/* The next number of the input; small ones mostly, now and then one that overflows. */
static int64_t take(const uint8_t **input, size_t *size)
{
    if (*size < 2) {
        return 1;
    }
    const int64_t number = (*input)[0];
    const uint8_t how = (*input)[1];
    *input += 2;
    *size -= 2;
    return how == 255   ? INT64_MAX - number
           : how == 254 ? INT64_MIN + number
           : how > 128  ? -number
                        : number;
}

/* Whether all elements lie in the block of `size` bytes, by the plain sum. */
static bool fits(const aann_array_view *view, int64_t first, int64_t block)
{
    int64_t low = first, high = first + aann_element_size(view->type), count = 1;
    for (int32_t i = 0; i < view->dimension_count; i++) {
        const int64_t length = view->dimensions[i], stride = view->strides[i];
        if (length < 1 || length > BLOCK || stride > BLOCK || stride < -BLOCK) {
            return false;
        }
        count *= length;
        if (count > BLOCK) { /* strides of 0 could make any number of them */
            return false;
        }
        *(stride < 0 ? &low : &high) += stride * (length - 1);
    }
    return low >= 0 && high <= block;
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
    aann_error error = {0};
    int64_t strides[AANN_MAX_DIMENSIONS] = {0};
    aann_dataset_arrays arrays = aann_dataset_arrays_default();
    aann_array_view *view = &arrays.inputs;
    view->type = (aann_element_type)take(&input, &size);
    view->dimension_count = (int32_t)(take(&input, &size) % (AANN_MAX_DIMENSIONS + 2));
    for (int32_t i = 0; i < view->dimension_count && i < AANN_MAX_DIMENSIONS; i++) {
        view->dimensions[i] = take(&input, &size);
        strides[i] = take(&input, &size);
    }
    view->strides = strides;
    const int64_t first = take(&input, &size) & 255;
    /* An exact block, so that a sanitizer sees the first byte behind it. */
    const int64_t block = size > 0 ? (int64_t)size : 1;
    uint8_t *memory = malloc((size_t)block);
    fuzz_require(memory != NULL);
    memset(memory, 1, (size_t)block);
    memcpy(memory, input, size);
    view->values = memory + (first < block ? first : 0);
    arrays.layout = (aann_array_layout)(block % 3);
    const bool good_count = view->dimension_count >= 0 && view->dimension_count <= 8;
    if (view->type != AANN_ELEMENT_BOOL && !(good_count && fits(view, first, block))) {
        fuzz_check_error(aann_array_view_check(view, "inputs", &error), &error);
    } else if (good_count && fits(view, first, block)) {
        arrays.labels = *view;
        aann_dataset *dataset = NULL;
        const aann_status labelled = aann_dataset_create(&arrays, &dataset, &error);
        fuzz_check_error(labelled, &error);
        aann_dataset_destroy(dataset);
        arrays.labels = (aann_array_view){0};
        const aann_status status = aann_dataset_create(&arrays, &dataset, &error);
        fuzz_check_error(status, &error);
        aann_dataset_destroy(dataset);
    }
    free(memory);
    return 0;
}
