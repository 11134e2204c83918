/* The first network: a dozen lines from samples to a network that classifies them.
 *
 * The samples are 4 x 4 pictures of a line, horizontal (class 0) or vertical (class 1). */
#include <aann/aann.h>

#include <stdio.h>

static const int8_t pictures[8][16] = {
    {127, 127, 127, 127},
    {0, 0, 0, 0, 127, 127, 127, 127},
    {[8] = 127, 127, 127, 127},
    {[12] = 127, 127, 127, 127},
    {[0] = 127, [4] = 127, [8] = 127, [12] = 127},
    {[1] = 127, [5] = 127, [9] = 127, [13] = 127},
    {[2] = 127, [6] = 127, [10] = 127, [14] = 127},
    {[3] = 127, [7] = 127, [11] = 127, [15] = 127},
};
static const int32_t lines[8] = {0, 0, 0, 0, 1, 1, 1, 1};

int main(void)
{
    const aann_samples samples = {
        .shape = {1, 4, 4}, .count = 8, .inputs = pictures[0], .labels = lines, .class_count = 2};
    aann_search_options options = aann_search_options_default();
    options.steps = 4000;
    aann_spec spec;
    aann_search *search = NULL;
    aann_error error;
    if (aann_spec_parse("8-2", samples.shape, &spec, &error) != AANN_OK ||
        aann_search_create(&spec, &samples, &options, 0, NULL, &search, &error) != AANN_OK ||
        aann_search_run(search, options.steps, NULL, NULL, &error) != AANN_OK) {
        fprintf(stderr, "%s\n", error.message);
        aann_search_destroy(search);
        return 1;
    }
    printf("%d of 8 lines are recognised\n", (int)aann_search_correct(search));
    aann_search_destroy(search);
    return 0;
}
