/* Samples: pictures of bytes, encoded as the program encodes the files of MNIST. */
#include "aann/samples.h"

#include <stddef.h>

#include "page.h"

/* From bytes[count][height][width] and labels[count] (NULL: none) to encoded samples. */
aann_samples *PAGE_EXPORT(samples_create)(const uint8_t *bytes, const uint8_t *labels,
                                          int32_t count, int32_t height, int32_t width)
{
    aann_dataset_arrays arrays = aann_dataset_arrays_default();
    arrays.inputs = aann_array_matrix(bytes, AANN_ELEMENT_UINT8, count, (int64_t)height * width);
    arrays.shape = (aann_shape){1, height, width};
    if (labels != NULL) {
        arrays.labels = aann_array_vector(labels, AANN_ELEMENT_UINT8, count);
    }
    const aann_encoding encoding = {.kind = AANN_ENCODING_BYTE};
    aann_dataset *dataset = NULL;
    aann_samples *samples = NULL;
    if (aann_dataset_create(&arrays, &dataset, page_error()) == AANN_OK) {
        (void)aann_dataset_encode(dataset, &encoding, 0, count, &samples, page_error());
    }
    aann_dataset_destroy(dataset);
    return samples;
}

/* Samples first..first+count-1 as samples of their own. */
aann_samples *PAGE_EXPORT(samples_slice)(const aann_samples *samples, int32_t first, int32_t count)
{
    if (first < 0 || count < 1 || first > samples->count - count) {
        page_fail("samples: the slice is not inside");
        return NULL;
    }
    const int64_t size = aann_shape_size(samples->shape);
    aann_samples view = *samples;
    view.count = count;
    view.inputs += first * size;
    view.labels = view.labels != NULL ? view.labels + first : NULL;
    aann_samples *slice = NULL;
    (void)aann_samples_create(&view, &slice, page_error());
    return slice;
}

void PAGE_EXPORT(samples_destroy)(aann_samples *samples)
{
    aann_samples_destroy(samples);
}

int32_t PAGE_EXPORT(samples_count)(const aann_samples *samples)
{
    return (int32_t)samples->count;
}

/* int8 [count][height][width]; valid until the samples are destroyed. */
const int8_t *PAGE_EXPORT(samples_inputs)(const aann_samples *samples)
{
    return samples->inputs;
}
