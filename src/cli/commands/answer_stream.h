/* Answers to samples as they come, of one network or of several. */
#ifndef AANN_CLI_COMMANDS_ANSWER_STREAM_H
#define AANN_CLI_COMMANDS_ANSWER_STREAM_H

#include "aann/data.h"
#include "aann/model.h"

typedef enum answer_stream_mode {
    ANSWER_STREAM_EACH, /* the answers of all models side by side */
    ANSWER_STREAM_SUM,  /* one answer: by the sum of the logits, in regression the mean */
    ANSWER_STREAM_VOTE  /* one answer: by vote */
} answer_stream_mode;

/* Prints a line for each sample, at once, until the stream ends. The models[count] read the same
 * samples. */
aann_status answer_stream(aann_model *const *models, int32_t count, answer_stream_mode mode,
                          aann_stream *stream, aann_error *error);

#endif
