/* A stranger's program on the installed library: the headers and the library agree, and a search on
 * arrays finds a network that is better than chance, which comes back from a file as it was.
 *
 * Prints the parts that the library has, one a line: "files", "study", "pictures". */
#include <aann/aann.h>

#include <stdio.h>
#include <string.h>

enum { SAMPLES = 256, FEATURES = 8, CLASSES = 2 };

/* Class 1 is what has more in its first half than in its second. */
static void make_samples(int8_t *inputs, int32_t *labels)
{
    uint32_t state = 1;
    for (int32_t i = 0; i < SAMPLES; i++) {
        int32_t balance = 0;
        for (int32_t j = 0; j < FEATURES; j++) {
            state = state * 1664525u + 1013904223u;
            const int32_t value = (int32_t)(state >> 24) - 128;
            inputs[i * FEATURES + j] = (int8_t)(value < -127 ? -127 : value);
            balance += j < FEATURES / 2 ? value : -value;
        }
        labels[i] = balance > 0 ? 1 : 0;
    }
}

/* Through a file and back: the same network. */
static aann_status keep(const aann_network *network, const char *path, aann_error *error)
{
    const aann_model_description description = aann_model_description_default();
    aann_model *model = NULL, *again = NULL;
    aann_status status = aann_model_create(network, &description, &model, error);
    if (status == AANN_OK) {
        status = aann_model_save(model, path, error);
    }
    if (status == AANN_OK) {
        status = aann_model_load(path, &again, error);
    }
    if (status == AANN_OK &&
        aann_network_hash(aann_model_network(again)) != aann_network_hash(network)) {
        snprintf(error->message, sizeof error->message, "%s: holds another network", path);
        status = AANN_ERROR_FORMAT;
    }
    remove(path);
    aann_model_destroy(model);
    aann_model_destroy(again);
    return status;
}

/* A network for the samples; the accuracy it has on them. */
static aann_status search(const char *path, double *accuracy, aann_error *error)
{
    static int8_t inputs[SAMPLES * FEATURES];
    static int32_t labels[SAMPLES];
    make_samples(inputs, labels);
    const aann_samples samples = {.shape = {FEATURES, 1, 1},
                                  .count = SAMPLES,
                                  .inputs = inputs,
                                  .labels = labels,
                                  .class_count = CLASSES};
    aann_spec spec;
    aann_status status = aann_spec_parse("8-2", samples.shape, &spec, error);
    aann_search_options options = aann_search_options_default();
    options.steps = 2000;
    aann_search *handle = NULL;
    if (status == AANN_OK) {
        status = aann_search_create(&spec, &samples, &options, 0, NULL, &handle, error);
    }
    if (status == AANN_OK) {
        status = aann_search_run(handle, options.steps, NULL, NULL, error);
    }
    int32_t logits[CLASSES];
    int32_t right = 0;
    for (int32_t i = 0; i < SAMPLES && status == AANN_OK; i++) {
        status = aann_network_reference_logits(aann_search_network(handle), inputs + i * FEATURES,
                                               logits, error);
        right += (logits[1] > logits[0]) == (labels[i] == 1) ? 1 : 0;
    }
    if (status == AANN_OK) {
        status = keep(aann_search_network(handle), path, error);
    }
    aann_search_destroy(handle);
    *accuracy = (double)right / SAMPLES;
    return status;
}

int main(int count, char **arguments)
{
    char path[1024];
    snprintf(path, sizeof path, "%s.aannm", count > 0 ? arguments[0] : "consumer");
    if (strcmp(aann_version(), AANN_VERSION) != 0 || aann_isa_count() < 1 ||
        aann_isa_name(0) == NULL || aann_isa_name(aann_isa_count()) != NULL) {
        fprintf(stderr, "headers %s, library %s\n", AANN_VERSION, aann_version());
        return 1;
    }
    double accuracy;
    aann_error error;
    if (search(path, &accuracy, &error) != AANN_OK) {
        fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    fprintf(stderr, "accuracy %.3f\n", accuracy);
    const uint32_t features = aann_features();
    printf("%s%s%s", (features & AANN_FEATURE_FILES) != 0 ? "files\n" : "",
           (features & AANN_FEATURE_STUDY) != 0 ? "study\n" : "",
           (features & AANN_FEATURE_PICTURES) != 0 ? "pictures\n" : "");
    return accuracy > 0.8 ? 0 : 1;
}
