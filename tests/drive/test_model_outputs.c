/* Which saved models are drivers, and what their outputs mean. */
#include <string.h>

#include "aann/model.h"
#include "drive/support_driver.h"
#include "support/test.h"

static const double mean[] = {-0.1, 0.5, 0.2}, scale[] = {0.3, 0.5, 0.1};

static aann_model *model_of(const char *net, aann_shape input,
                            const aann_model_description *description)
{
    aann_error error;
    aann_spec spec;
    aann_network *network;
    aann_model *model;
    assert_ok(aann_spec_parse(net, input, &spec, &error));
    assert_ok(aann_network_create(&spec, &network, &error));
    aann_network_randomise(network, 1, 0);
    assert_ok(aann_model_create(network, description, &model, &error));
    aann_network_destroy(network);
    return model;
}

static aann_model_description driver_description(const aann_encoding *encoding)
{
    aann_model_description description = aann_model_description_default();
    description.encoding = encoding;
    description.regression = true;
    description.output_scale = 16.0;
    description.target_mean = mean;
    description.target_scale = scale;
    return description;
}

static void a_driver(void **state)
{
    (void)state;
    aann_error error;
    const aann_encoding bytes = {.kind = AANN_ENCODING_BYTE};
    const aann_model_description description = driver_description(&bytes);
    aann_model *model = model_of("3C9vs8@50-MP2-3@40", (aann_shape){1, 96, 96}, &description);
    aann_car_outputs outputs;
    assert_ok(aann_model_car_outputs(model, &outputs, &error));
    assert_int_equal(outputs.full, 16 * 127);
    for (int32_t o = 0; o < AANN_CAR_OUTPUTS; o++) {
        assert_true(outputs.mean[o] == mean[o] && outputs.scale[o] == scale[o]);
    }
    aann_model_destroy(model);
}

static void refuse(const char *net, aann_shape input, const aann_model_description *description,
                   const char *words)
{
    aann_error error;
    aann_car_outputs outputs;
    aann_model *model = model_of(net, input, description);
    assert_int_equal(aann_model_car_outputs(model, &outputs, &error), AANN_ERROR_ARGUMENT);
    assert_non_null(strstr(error.message, words));
    aann_model_destroy(model);
}

static void no_drivers(void **state)
{
    (void)state;
    const aann_shape pictures = {1, 96, 96};
    const aann_encoding bytes = {.kind = AANN_ENCODING_BYTE};
    const aann_encoding global = {.kind = AANN_ENCODING_GLOBAL, .global_maximum = 3.0};
    aann_model_description description = driver_description(&bytes);
    refuse("3C9vs8@50-MP2-3@40", (aann_shape){1, 96, 90}, &description, "1x96x96");
    refuse("3C9vs8@50-MP2-3@40", (aann_shape){3, 96, 96}, &description, "1x96x96");
    description.target_mean = description.target_scale = NULL;
    refuse("3C9vs8@50-MP2-3@40", pictures, &description, "stand for");
    refuse("3C9vs8@50-MP2-4@40", pictures, &description, "three numbers");
    description = driver_description(&global);
    refuse("3C9vs8@50-MP2-3@40", pictures, &description, "encoded as bytes");
    description = driver_description(NULL);
    refuse("3C9vs8@50-MP2-3@40", pictures, &description, "encoded as bytes");
    description = aann_model_description_default();
    description.encoding = &bytes;
    refuse("3C9vs8@50-MP2-3@40", pictures, &description, "three numbers");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_driver), cmocka_unit_test(no_drivers)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
