/* aann bench: how fast this machine evaluates candidates and whole networks, and what it could do
 * at most. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aann/benchmark.h"
#include "aann/data.h"
#include "aann/search.h"
#include "aann/task.h"
#include "cli/commands/bench_search.h"
#include "cli/commands/command.h"
#include "cli/shared/json.h"
#include "cli/shared/message.h"
#include "cli/shared/options.h"
#include "cli/shared/text.h"

static const char description[] =
    "bench engine   measures with the MNIST images and the 'mnist' network, 50, 90\n"
    "               and 90 percent zeros, after a short search (the activations of\n"
    "               a random network are not typical). For each layer: candidates\n"
    "               per second times the images each is evaluated on, one thread.\n"
    "               For the whole network: images per second, many in a call and\n"
    "               one in a call\n"
    "bench forward  measures the latter for any network, on random inputs\n"
    "bench machine  measures the processor's clock and the memory's speed\n"
    "bench search   says where the samples of a search go, and what an accepted\n"
    "               candidate costs; see 'aann bench search --help'\n"
    "\n"
    "  aann bench engine --json\n"
    "  aann bench engine --isa baseline\n"
    "  aann bench forward --preset carracing\n"
    "  aann bench forward --net 784-500-10 --input 1x28x28 --sparsity 90\n";

enum { SEARCH_SAMPLES = 4096, FORWARD_SAMPLES = 16384, SEARCH_STEPS = 6000, RANDOM_SAMPLES = 4096 };

/* Samples and a network that has learnt something. */
static aann_status prepare(const aann_benchmark_options *options, int64_t steps,
                           aann_samples **samples, aann_search **search, aann_error *error)
{
    const aann_task_preset *preset = aann_task_preset_find("mnist");
    aann_spec spec;
    aann_dataset *train = NULL;
    aann_encoding encoding = {0};
    aann_status status = aann_spec_parse(preset->network, preset->input, &spec, error);
    if (status == AANN_OK) {
        status = aann_spec_set_sparsity(&spec, -1.0, preset->sparsity, preset->layer_count, error);
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
    aann_encoding_destroy(&encoding);
    aann_dataset_destroy(train);
    if (status != AANN_OK) {
        return status;
    }
    aann_search_options search_options = aann_search_options_default();
    search_options.steps = steps > 0 ? (uint64_t)steps : 1;
    search_options.seed = options->seed;
    search_options.isa = options->isa;
    search_options.threads = options->threads;
    search_options.first_samples = 0;
    aann_samples part = **samples;
    part.count = SEARCH_SAMPLES;
    status = aann_search_create(&spec, &part, &search_options, 0, NULL, search, error);
    return status == AANN_OK ? aann_search_run(*search, (uint64_t)steps, NULL, NULL, error)
                             : status;
}

/* ---- engine ---------------------------------------------------------------------------------- */

static json_t *forward_json(const aann_forward_speed *speed)
{
    return json_pack("{s:s,s:i,s:f,s:f,s:f,s:f,s:I,s:I}", "isa", speed->isa, "threads",
                     speed->threads, "forward_images_per_second", speed->images_per_second,
                     "forward_images_per_second_one_thread", speed->images_per_second_one_thread,
                     "single_images_per_second", speed->single_images_per_second,
                     "single_microseconds", 1e6 / speed->single_images_per_second,
                     "images_evaluated", (json_int_t)speed->images, "single_images_evaluated",
                     (json_int_t)speed->single_images);
}

static void print_forward(const aann_forward_speed *speed)
{
    printf("forward   %10.0f images/s, one thread\n", speed->images_per_second_one_thread);
    if (speed->threads > 1) {
        printf("          %10.0f images/s, %d threads\n", speed->images_per_second, speed->threads);
    }
    printf("          %10.0f images/s, one image a call: %.2f microseconds\n",
           speed->single_images_per_second, 1e6 / speed->single_images_per_second);
}

static void print_engine_json(const aann_spec *spec, const aann_benchmark_result *result,
                              int32_t only)
{
    json_t *layers = json_array();
    for (int32_t i = 0; i < result->layer_count; i++) {
        char name[32];
        aann_layer_name(&spec->layers[i], name, sizeof name);
        if (only < 0 || only == i) {
            json_array_append_new(
                layers, json_pack("{s:s,s:f,s:I}", "name", name, "image_candidates_per_second",
                                  result->image_candidates_per_second[i],
                                  "block_candidates_evaluated", (json_int_t)result->candidates[i]));
        }
    }
    json_t *root = only < 0
                       ? forward_json(&result->forward)
                       : json_pack("{s:s,s:i}", "isa", result->isa, "threads", result->threads);
    json_object_set_new(root, "layers", layers);
    json_object_set_new(root, "bytes_per_sample",
                        json_integer((json_int_t)result->bytes_per_sample));
    cli_print_json(root);
}

static void print_engine(const aann_spec *spec, const aann_benchmark_result *result, int32_t only)
{
    cli_print("instruction set %s\n\nlayer     image-candidates/s, one thread\n", result->isa);
    for (int32_t i = 0; i < result->layer_count; i++) {
        char name[32];
        aann_layer_name(&spec->layers[i], name, sizeof name);
        if (only < 0 || only == i) {
            cli_print("%-9s %10.2f million\n", name, result->image_candidates_per_second[i] / 1e6);
        }
    }
    putchar('\n');
    if (only < 0) {
        print_forward(&result->forward);
    }
    printf("memory    %10zu bytes per training sample\n", result->bytes_per_sample);
}

static int bench_engine(const aann_benchmark_options *options, int64_t steps, bool json)
{
    aann_samples *samples = NULL;
    aann_search *search = NULL;
    aann_benchmark_result result;
    aann_error error;
    aann_status status = prepare(options, steps, &samples, &search, &error);
    if (status == AANN_OK) {
        status =
            aann_benchmark_engine(aann_search_network(search), samples, options, &result, &error);
    }
    int answer = CLI_GOOD;
    if (status != AANN_OK) {
        answer = cli_fail(&error);
    } else {
        const aann_spec *spec = aann_network_spec(aann_search_network(search));
        (json ? print_engine_json : print_engine)(spec, &result, options->only_layer);
    }
    aann_search_destroy(search);
    aann_samples_destroy(samples);
    return answer;
}

/* ---- forward --------------------------------------------------------------------------------- */

typedef struct network_choice {
    const char *preset;
    const char *net;
    const char *input;
    cli_reals sparsity;
} network_choice;

/* CLI_GOOD, or what the program exits with. */
static int choose_network(const network_choice *choice, uint64_t seed, aann_network **network)
{
    const char *text = choice->net;
    char rest;
    aann_shape input = {1, 28, 28};
    aann_spec spec;
    aann_error error;
    const aann_task_preset *preset = aann_task_preset_find(choice->preset);
    if (text == NULL && preset == NULL) {
        return cli_usage_error("no task is called '%s': expected mnist, fashion-mnist or carracing",
                               choice->preset);
    }
    if (text == NULL) {
        text = preset->network;
        input = preset->input;
    }
    if (choice->input != NULL && sscanf(choice->input, "%dx%dx%d%c", &input.channels, &input.height,
                                        &input.width, &rest) != 3) {
        return cli_usage_error(
            "--input \"%s\": expected channels x height x width, such as 1x28x28", choice->input);
    }
    aann_status status = aann_spec_parse(text, input, &spec, &error);
    double sparsity[AANN_MAX_LAYERS] = {50.0};
    for (size_t i = 0; i < AANN_MAX_LAYERS; i++) {
        const size_t given = choice->sparsity.count;
        const double usual = i == 0 ? 50.0 : 90.0;
        sparsity[i] = given == 0 ? usual : choice->sparsity.values[i < given ? i : given - 1];
    }
    if (status == AANN_OK) {
        status = aann_spec_set_sparsity(&spec, -1.0, sparsity, (size_t)spec.layer_count, &error);
    }
    if (status == AANN_OK) {
        status = aann_network_create(&spec, network, &error);
    }
    if (status != AANN_OK) {
        return cli_fail(&error);
    }
    aann_network_randomise(*network, seed, 0);
    return CLI_GOOD;
}

/* Inputs in 0..127, as pictures have them. */
static int8_t *random_inputs(size_t count, uint64_t seed)
{
    int8_t *inputs = malloc(count);
    uint64_t x = seed | 1;
    for (size_t i = 0; inputs != NULL && i < count; i++) {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        inputs[i] = (int8_t)(x >> 57);
    }
    return inputs;
}

static int bench_forward(const aann_benchmark_options *options, const network_choice *choice,
                         bool json)
{
    aann_network *network = NULL;
    int answer = choose_network(choice, options->seed, &network);
    if (answer != CLI_GOOD) {
        return answer;
    }
    const aann_spec *spec = aann_network_spec(network);
    aann_forward_speed speed;
    aann_error error;
    aann_samples samples = {.count = RANDOM_SAMPLES, .shape = spec->input};
    int8_t *inputs = random_inputs((size_t)samples.count * (size_t)aann_shape_size(samples.shape),
                                   options->seed);
    samples.inputs = inputs;
    if (inputs == NULL) {
        answer = cli_failed("out of memory for %d samples", RANDOM_SAMPLES);
    } else if (aann_benchmark_forward(network, &samples, options, &speed, &error) != AANN_OK) {
        answer = cli_fail(&error);
    } else if (json) {
        json_t *root = forward_json(&speed);
        json_object_set_new(root, "net", json_string(spec->text));
        cli_print_json(root);
    } else {
        cli_print("network   %s\ninstruction set %s\n\n", spec->text, speed.isa);
        print_forward(&speed);
    }
    free(inputs);
    aann_network_destroy(network);
    return answer;
}

/* ---- machine --------------------------------------------------------------------------------- */

static int bench_machine(const aann_benchmark_options *options, bool json)
{
    aann_machine_speed speed;
    aann_error error;
    if (aann_benchmark_machine(options, &speed, &error) != AANN_OK) {
        return cli_fail(&error);
    }
    if (json) {
        cli_print_json(
            json_pack("{s:i,s:f,s:f,s:f,s:f,s:f}", "threads", speed.threads, "cycles_per_second",
                      speed.cycles_per_second, "read_bytes_per_second", speed.read_bytes_per_second,
                      "read_bytes_per_second_one_thread", speed.read_bytes_per_second_one_thread,
                      "copy_bytes_per_second_one_thread", speed.copy_bytes_per_second_one_thread,
                      "cache_read_bytes_per_second_one_thread",
                      speed.cache_read_bytes_per_second_one_thread));
        return CLI_GOOD;
    }
    printf("clock     %8.2f GHz\n", speed.cycles_per_second / 1e9);
    printf("memory    %8.2f GB/s read, one thread\n", speed.read_bytes_per_second_one_thread / 1e9);
    cli_print("          %8.2f GB/s read, %d thread%s\n", speed.read_bytes_per_second / 1e9,
              speed.threads, speed.threads == 1 ? "" : "s");
    printf("          %8.2f GB/s read and written, one thread\n",
           speed.copy_bytes_per_second_one_thread / 1e9);
    printf("cache     %8.2f GB/s read from 256 kB, one thread\n",
           speed.cache_read_bytes_per_second_one_thread / 1e9);
    return CLI_GOOD;
}

int cli_bench(int count, char **arguments)
{
    if (count > 0 && strcmp(arguments[0], "search") == 0) {
        return cli_bench_search(count, arguments);
    }
    aann_benchmark_options options = aann_benchmark_options_default();
    network_choice choice = {.preset = "mnist"};
    int64_t seed = 1;
    int64_t steps = SEARCH_STEPS;
    bool json = false;
    const cli_option table[] = {
        {"threads", CLI_INT, &options.threads, 1, 1024, "N",
         "for the forward pass and the memory (1)", NULL},
        {"isa", CLI_TEXT, &options.isa, 0, 0, "NAME",
         "instruction set: baseline, avx2, avx512, neon (the best)", NULL},
        {"seconds", CLI_SECONDS, &options.seconds, 0.001, 3600, "S", "per figure (1)", NULL},
        {"seed", CLI_LONG, &seed, 0, 9e15, "N", "of the network and the candidates (1)", NULL},
        {"layer", CLI_INT, &options.only_layer, 0, AANN_MAX_LAYERS - 1, "N",
         "engine: only candidates of layer 0, 1, ...", NULL},
        {"steps", CLI_LONG, &steps, 0, 1e9, "N", "engine: of the search beforehand (6000)", NULL},
        {"preset", CLI_TEXT, &choice.preset, 0, 0, "NAME", "forward: mnist or carracing (mnist)",
         NULL},
        {"net", CLI_TEXT, &choice.net, 0, 0, "SPEC", "forward: any network", NULL},
        {"input", CLI_TEXT, &choice.input, 0, 0, "CxHxW", "forward: what it reads (1x28x28)", NULL},
        {"sparsity", CLI_PERCENTS, &choice.sparsity, 0, 99.999999999, "P,P,...",
         "forward: layer by layer, the last for all others (50,90)", NULL},
        {0}};
    const char *positional[1];
    const cli_syntax syntax = {
        "bench", "engine|forward|machine|search [OPTIONS]", description, table, positional, 1, 1,
        &json};
    int status;
    if (!cli_parse(&syntax, count, arguments, &status)) {
        return status;
    }
    options.seed = (uint64_t)seed;
    if (strcmp(positional[0], "engine") == 0) {
        status = bench_engine(&options, steps, json);
    } else if (strcmp(positional[0], "forward") == 0) {
        status = bench_forward(&options, &choice, json);
    } else if (strcmp(positional[0], "machine") == 0) {
        status = bench_machine(&options, json);
    } else {
        return cli_usage_error(
            "bench: \"%s\" is not known: expected engine, forward, machine or search",
            positional[0]);
    }
    return cli_finish_output(status);
}
