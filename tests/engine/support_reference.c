/* The reference's outputs, remembered in the order in which they were asked for. */
#include "engine/support_reference.h"

#include <stdlib.h>
#include <string.h>

#include "network/network.h"
#include "support/test.h"

typedef struct answer {
    uint64_t network; /* its hash */
    int32_t *outputs;
} answer;

static struct {
    answer *list;
    size_t count, room, next;
} asked;

void evaluate_reference(const aann_network *network, const aann_samples *samples, int32_t *outputs)
{
    const int64_t size = aann_shape_size(samples->shape);
    const int32_t count = aann_network_spec(network)->output_count;
    aann_error error;
    for (int64_t i = 0; i < samples->count; i++) {
        assert_ok(aann_network_reference_logits(network, samples->inputs + i * size,
                                                outputs + i * count, &error));
    }
}

void reference_outputs(const aann_network *network, const aann_samples *samples, int32_t *outputs)
{
    const uint64_t hash = aann_network_hash(network);
    const size_t size =
        (size_t)samples->count * (size_t)aann_network_spec(network)->output_count * sizeof *outputs;
    if (asked.next == asked.count) {
        if (asked.count == asked.room) {
            asked.room = 2 * asked.room + 1024;
            asked.list = realloc(asked.list, asked.room * sizeof *asked.list);
        }
        asked.list[asked.count] = (answer){hash, malloc(size)};
        evaluate_reference(network, samples, asked.list[asked.count++].outputs);
    }
    const answer *next = &asked.list[asked.next++];
    assert_int_equal(next->network, hash);
    memcpy(outputs, next->outputs, size);
}

void forget_reference(void)
{
    for (size_t i = 0; i < asked.count; i++) {
        free(asked.list[i].outputs);
    }
    free(asked.list);
}

void ask_again(void)
{
    asked.next = 0;
}
