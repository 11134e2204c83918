/* A search that runs a slice at a time, so that the page can draw its curve and stop it. */
#include "aann/search.h"

#include <stdlib.h>

#include "aann/options.h"
#include "network.h"
#include "page.h"

/* ---- options --------------------------------------------------------------------------------- */

/* The library's default options, to be changed with search_set and freed with page_release. */
aann_search_options *PAGE_EXPORT(search_options)(void)
{
    aann_search_options *options = malloc(sizeof *options);
    if (options == NULL) {
        page_fail("out of memory for options");
        return NULL;
    }
    *options = aann_search_options_default();
    return options;
}

/* Sets an option by its name, as on the command line. */
bool PAGE_EXPORT(search_set)(aann_search_options *options, const char *name, const char *text)
{
    return aann_search_options_set(options, name, text, page_error()) == AANN_OK;
}

/* ---- the search ------------------------------------------------------------------------------ */

/* Member `member` of a search for a network `text`, on samples that must outlive it. */
aann_search *PAGE_EXPORT(search_create)(const char *text, const aann_samples *samples,
                                        const aann_search_options *options, uint32_t member)
{
    aann_spec spec;
    aann_search *search = NULL;
    if (aann_spec_parse(text, samples->shape, &spec, page_error()) == AANN_OK) {
        (void)aann_search_create(&spec, samples, options, member, NULL, &search, page_error());
    }
    return search;
}

void PAGE_EXPORT(search_destroy)(aann_search *search)
{
    aann_search_destroy(search);
}

/* Runs until `step` candidates are decided. */
bool PAGE_EXPORT(search_run)(aann_search *search, uint32_t step)
{
    return aann_search_run(search, step, NULL, NULL, page_error()) == AANN_OK;
}

enum { PROGRESS_NUMBERS = 6 };

/* Fills in numbers[6]: candidates decided, accepted, temperature, samples in use, their mean loss,
 * how many of them are answered correctly. */
void PAGE_EXPORT(search_progress)(const aann_search *search, double numbers[PROGRESS_NUMBERS])
{
    aann_search_progress progress;
    aann_search_progress_get(search, &progress);
    numbers[0] = (double)progress.step;
    numbers[1] = (double)progress.accepted;
    numbers[2] = progress.temperature;
    numbers[3] = (double)progress.samples;
    numbers[4] = progress.train_loss;
    numbers[5] = (double)aann_search_correct(search);
}

/* A copy of the present network. */
page_network *PAGE_EXPORT(search_network)(const aann_search *search)
{
    aann_network *copy = NULL;
    (void)aann_network_copy(aann_search_network(search), &copy, page_error());
    return page_network_adopt(copy);
}

/* ---- networks between workers ---------------------------------------------------------------- */

/* The present network as bytes that network_unpack reads: bytes[network_packed_size]. */
uint32_t PAGE_EXPORT(network_packed_size)(const page_network *held)
{
    return (uint32_t)aann_network_packed_size(aann_network_spec(held->network));
}

void PAGE_EXPORT(network_pack)(const page_network *held, uint8_t *packed)
{
    aann_network_pack(held->network, packed);
}

/* The network `text` for pictures of height x width with the weights packed[size]. */
page_network *PAGE_EXPORT(network_unpack)(const char *text, int32_t height, int32_t width,
                                          const uint8_t *packed, uint32_t size)
{
    aann_spec spec;
    aann_network *network = NULL;
    if (aann_spec_parse(text, (aann_shape){1, height, width}, &spec, page_error()) != AANN_OK ||
        aann_network_create(&spec, &network, page_error()) != AANN_OK) {
        return NULL;
    }
    if (aann_network_unpack(network, packed, size, page_error()) != AANN_OK) {
        aann_network_destroy(network);
        return NULL;
    }
    return page_network_adopt(network);
}
