/* Answers as lines and as JSON. */
#include "cli/shared/answers.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/shared/message.h"
#include "cli/shared/text.h"

aann_status cli_answers_make(const aann_model *model, const int32_t *logits, int64_t count,
                             cli_answers *answers, aann_error *error)
{
    const int32_t outputs = aann_network_spec(aann_model_network(model))->output_count;
    *answers = (cli_answers){.model = model, .count = count, .outputs = outputs};
    answers->classes = malloc((size_t)(count + 1) * sizeof *answers->classes);
    answers->values = malloc((size_t)(count * outputs + 1) * sizeof *answers->values);
    if (answers->classes == NULL || answers->values == NULL) {
        cli_answers_clear(answers);
        return cli_set_error(error, AANN_ERROR_MEMORY, "out of memory for the answers");
    }
    aann_model_interpret(model, logits, count, answers->classes, answers->values);
    return AANN_OK;
}

void cli_answers_clear(cli_answers *answers)
{
    free(answers->classes);
    free(answers->values);
    answers->classes = NULL;
    answers->values = NULL;
}

/* Regression: the mean of what the members answer, in the first one's place. */
static aann_status average(const aann_model *model, const aann_predictions *predictions,
                           cli_answers *answers, aann_error *error)
{
    const int64_t values = predictions->sample_count * answers->outputs;
    aann_status status = AANN_OK;
    for (int32_t i = 1; status == AANN_OK && i < predictions->member_count; i++) {
        cli_answers one;
        status = cli_answers_make(model, predictions->logits + (int64_t)i * values,
                                  predictions->sample_count, &one, error);
        for (int64_t v = 0; status == AANN_OK && v < values; v++) {
            answers->values[v] += one.values[v];
        }
        if (status == AANN_OK) {
            cli_answers_clear(&one);
        }
    }
    for (int64_t v = 0; v < values; v++) {
        answers->values[v] /= (double)predictions->member_count;
    }
    return status;
}

aann_status cli_answers_together(const aann_model *model, const aann_predictions *predictions,
                                 bool vote, cli_answers *answers, aann_error *error)
{
    aann_status status =
        cli_answers_make(model, predictions->logits, predictions->sample_count, answers, error);
    if (status != AANN_OK) {
        return status;
    }
    return aann_model_describe(model)->regression
               ? average(model, predictions, answers, error)
               : aann_ensemble_answer(predictions, vote ? AANN_ENSEMBLE_VOTE : AANN_ENSEMBLE_SUM,
                                      answers->classes, error);
}

/* NULL if classes are plain numbers. */
static const char *name_of(const cli_answers *answers, int64_t sample)
{
    const aann_model_description *about = aann_model_describe(answers->model);
    const int32_t answer = answers->classes[sample];
    return about->class_names != NULL && answer < about->class_count ? about->class_names[answer]
                                                                     : NULL;
}

static void print_one(const cli_answers *answers, int64_t sample)
{
    const char *name = name_of(answers, sample);
    if (aann_model_describe(answers->model)->regression) {
        for (int32_t o = 0; o < answers->outputs; o++) {
            cli_print("%s%.7g", o > 0 ? " " : "", answers->values[sample * answers->outputs + o]);
        }
    } else if (name != NULL) {
        cli_print("%s", name);
    } else {
        printf("%" PRId32, answers->classes[sample]);
    }
}

void cli_answers_print(const cli_answers *answers, int32_t answers_count)
{
    for (int64_t sample = 0; answers_count > 0 && sample < answers[0].count; sample++) {
        for (int32_t i = 0; i < answers_count; i++) {
            if (i > 0) {
                putchar('\t');
            }
            print_one(&answers[i], sample);
        }
        putchar('\n');
    }
}

void cli_answers_add_json(const cli_answers *answers, json_t *object)
{
    const aann_model_description *about = aann_model_describe(answers->model);
    json_t *classes = about->regression ? json_null() : json_array();
    json_t *names = about->regression || about->class_names == NULL ? json_null() : json_array();
    json_t *values = about->regression ? json_array() : json_null();
    for (int64_t i = 0; i < answers->count; i++) {
        const char *name = name_of(answers, i);
        if (about->regression) {
            json_array_append_new(
                values, cli_json_reals(answers->values + i * answers->outputs, answers->outputs));
        } else {
            json_array_append_new(classes, json_integer(answers->classes[i]));
        }
        if (json_is_array(names)) {
            json_array_append_new(names, name != NULL ? cli_json_text(name) : json_null());
        }
    }
    json_object_set_new(object, "answers", classes);
    json_object_set_new(object, "names", names);
    json_object_set_new(object, "values", values);
}
