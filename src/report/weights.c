/* The weights themselves: the first layer of all members that are compared, the whole wiring of
 * some. */
#include <stdlib.h>

#include "core/memory.h"
#include "report/view.h"

/* Characters of base64 that all members' first layers, and all wirings, may take. */
enum { FIRST_LAYER_LIMIT = 300000, WIRING_LIMIT = 400000 };

/* Two bits per weight: 0 zero, 1 plus, 3 minus, low bits first. */
static void put_packed(aann_json *json, const aann_network *network, int32_t layer, uint8_t *packed)
{
    const int64_t count = aann_network_spec(network)->layers[layer].weight_count;
    const int8_t *weights = aann_network_weights(network, layer);
    const size_t size = ((size_t)count + 3) / 4;
    for (size_t i = 0; i < size; i++) {
        packed[i] = 0;
    }
    for (int64_t i = 0; i < count; i++) {
        packed[i / 4] |= (uint8_t)(((unsigned)weights[i] & 3U) << (2 * (i % 4)));
    }
    aann_json_base64(json, NULL, packed, size);
}

/* Members at places[count], layers 0 to layer_count - 1. */
static aann_status put_layers(aann_report_view *view, const char *key, const int32_t *places,
                              int32_t count, int32_t layer_count, aann_error *error)
{
    const aann_spec *spec = &view->family.spec;
    aann_json *json = &view->json;
    int64_t largest = 0;
    for (int32_t layer = 0; layer < layer_count; layer++) {
        const int64_t weights = spec->layers[layer].weight_count;
        largest = weights > largest ? weights : largest;
    }
    uint8_t *packed = aann_allocate((size_t)largest / 4 + 1, 1);
    if (packed == NULL) {
        return aann_report_no_memory(error);
    }
    aann_json_open(json, key, '{');
    aann_json_open(json, "id", '[');
    for (int32_t i = 0; i < count; i++) {
        aann_json_integer(json, NULL,
                          aann_report_compared(view, places != NULL ? places[i] : i)->id);
    }
    aann_json_close(json, ']');
    aann_json_open(json, "layers", '[');
    for (int32_t layer = 0; layer < layer_count; layer++) {
        aann_json_open(json, NULL, '{');
        aann_json_integer(json, "layer", layer);
        aann_json_open(json, "packed", '[');
        for (int32_t i = 0; i < count; i++) {
            put_packed(json, view->networks[places != NULL ? places[i] : i], layer, packed);
        }
        aann_json_close(json, ']');
        aann_json_close(json, '}');
    }
    aann_json_close(json, ']');
    aann_json_close(json, '}');
    free(packed);
    return AANN_OK;
}

/* How many members' weights fit. */
static int32_t fitting(int64_t weights, int64_t limit, int32_t count)
{
    const int64_t fit = limit * 3 / (weights > 0 ? weights : 1);
    return (int32_t)(fit < count ? fit : count);
}

aann_status aann_report_put_weights(aann_report_view *view, aann_error *error)
{
    static const char too_many[] =
        "The networks have too many weights to be drawn: aann weights writes them.";
    const aann_spec *spec = &view->family.spec;
    int64_t all = 0;
    for (int32_t i = 0; i < spec->layer_count; i++) {
        all += spec->layers[i].weight_count;
    }
    const int32_t compared =
        view->compared_count < AANN_REPORT_COMPARED ? view->compared_count : AANN_REPORT_COMPARED;
    const int32_t first = fitting(spec->layers[0].weight_count, FIRST_LAYER_LIMIT, compared);
    const int32_t wired = fitting(all, WIRING_LIMIT, view->wired_count);
    aann_status status = AANN_OK;
    if (compared == 0) {
        aann_json_null(&view->json, "weights");
        aann_json_null(&view->json, "wiring");
        return AANN_OK;
    }
    if (first > 0) {
        status = put_layers(view, "weights", NULL, first, 1, error);
    } else {
        aann_json_absent(&view->json, "weights", too_many);
    }
    if (status == AANN_OK && wired > 0) {
        status = put_layers(view, "wiring", view->wired, wired, spec->layer_count, error);
    } else if (status == AANN_OK) {
        aann_json_absent(&view->json, "wiring", too_many);
    }
    return status;
}
