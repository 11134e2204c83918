/* aann bench engine: how fast this machine evaluates candidates and whole networks. */
#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "aann/benchmark.h"
#include "aann/data.h"
#include "aann/search.h"
#include "cli/command.h"
#include "cli/message.h"
#include "cli/options.h"

static const char description[] = "Measures the engine on the MNIST training images with the network of the "
                                  "'mnist' preset, 50,90,90 percent "
                                  "sparse,\n"
                                  "after a short search (activations of a random network are not typical). "
                                  "For each layer: candidates as a search "
                                  "draws\n"
                                  "them times the images each is evaluated on, per second, one thread. For "
                                  "the whole network: images per second.\n"
                                  "\n"
                                  "  aann bench engine --json\n"
                                  "  aann bench engine --isa baseline\n";

enum { SEARCH_SAMPLES = 4096, FORWARD_SAMPLES = 16384, SEARCH_STEPS = 6000 };

/* Samples and a network that has learnt something. */
static aann_status prepare(const aann_benchmark_options *options, aann_samples **samples,
                           aann_search **search, aann_error *error)
{
    const char *text;
    aann_shape input;
    aann_spec spec;
    aann_dataset *train = NULL;
    aann_encoding encoding = {0};
    const double sparsity[] = {50.0, 90.0, 90.0};
    aann_spec_preset("mnist", &text, &input);
    aann_status status = aann_spec_parse(text, input, &spec, error);
    if (status == AANN_OK) {
        status = aann_spec_set_sparsity(&spec, -1.0, sparsity, 3, error);
    }
    if (status == AANN_OK) {
        status = aann_dataset_load("mnist:train", NULL, &train, error);
    }
    if (status == AANN_OK) {
        status = aann_encoding_fit(train, AANN_ENCODING_AUTOMATIC, &encoding, error);
    }
    if (status == AANN_OK) {
        status = aann_dataset_encode(train, &encoding, 0, FORWARD_SAMPLES, samples, error);
    }
    aann_encoding_clear(&encoding);
    aann_dataset_destroy(train);
    if (status != AANN_OK) {
        return status;
    }
    aann_search_options search_options = aann_default_search_options();
    search_options.steps = SEARCH_STEPS;
    search_options.seed = options->seed;
    search_options.isa = options->isa;
    search_options.threads = options->threads;
    search_options.first_samples = 0;
    aann_samples part = **samples;
    part.count = SEARCH_SAMPLES;
    status = aann_search_create(&spec, &part, &search_options, 0, NULL, search, error);
    return status == AANN_OK ? aann_search_run(*search, SEARCH_STEPS, NULL, NULL, error) : status;
}

static void print_json(const aann_spec *spec, const aann_benchmark_result *result)
{
    json_t *layers = json_array();
    for (int32_t i = 0; i < result->layer_count; i++) {
        char name[32];
        aann_layer_name(&spec->layers[i], name, sizeof name);
        json_array_append_new(layers, json_pack("{s:s,s:f}", "name", name, "image_candidates_per_second",
                                                result->image_candidates_per_second[i]));
    }
    json_t *root = json_pack("{s:o,s:f,s:f,s:s,s:i,s:I}", "layers", layers, "forward_images_per_second",
                             result->forward_images_per_second, "forward_images_per_second_one_thread",
                             result->forward_images_per_second_single, "isa", result->isa, "threads",
                             result->threads, "bytes_per_sample", (json_int_t)result->bytes_per_sample);
    json_dumpf(root, stdout, JSON_COMPACT | JSON_REAL_PRECISION(6));
    putchar('\n');
    json_decref(root);
}

static void print_table(const aann_spec *spec, const aann_benchmark_result *result)
{
    printf("instruction set %s\n\nlayer     image-candidates/s, one thread\n", result->isa);
    for (int32_t i = 0; i < result->layer_count; i++) {
        char name[32];
        aann_layer_name(&spec->layers[i], name, sizeof name);
        printf("%-9s %10.2f million\n", name, result->image_candidates_per_second[i] / 1e6);
    }
    printf("\nforward   %10.0f images/s, one thread\n          %10.0f images/s, %d thread%s\n",
           result->forward_images_per_second_single, result->forward_images_per_second, result->threads,
           result->threads == 1 ? "" : "s");
    printf("memory    %10zu bytes per training sample\n", result->bytes_per_sample);
}

int cli_bench(int count, char **arguments)
{
    aann_benchmark_options options = aann_default_benchmark_options();
    int64_t seed = 1;
    bool json = false;
    const cli_option table[] = {
        {"threads", CLI_INT, &options.threads, 1, 1024, "N", "for the forward pass (1)", NULL},
        {"isa", CLI_TEXT, &options.isa, 0, 0, "NAME",
         "instruction set: baseline, avx2, avx512, neon (the best)", NULL},
        {"seconds", CLI_REAL, &options.seconds, 0.01, 3600, "S", "per figure (1)", NULL},
        {"seed", CLI_LONG, &seed, 0, 9e15, "N", "of the network and the candidates (1)", NULL},
        {0}};
    const char *positional[1];
    const cli_syntax syntax = {"bench", description, table, positional, 1, 1, &json};
    int status;
    if (!cli_parse(&syntax, count, arguments, &status)) {
        return status;
    }
    if (strcmp(positional[0], "engine") != 0) {
        return cli_usage_error("bench: \"%s\" is not known: expected engine", positional[0]);
    }
    options.seed = (uint64_t)seed;
    aann_samples *samples = NULL;
    aann_search *search = NULL;
    aann_benchmark_result result;
    aann_error error;
    aann_status failure = prepare(&options, &samples, &search, &error);
    if (failure == AANN_OK) {
        failure = aann_benchmark_engine(aann_search_network(search), samples, &options, &result, &error);
    }
    status = CLI_GOOD;
    if (failure != AANN_OK) {
        status = cli_fail(&error);
    } else if (json) {
        print_json(aann_network_spec(aann_search_network(search)), &result);
    } else {
        print_table(aann_network_spec(aann_search_network(search)), &result);
    }
    aann_search_destroy(search);
    aann_samples_destroy(samples);
    return cli_finish_output(status);
}
