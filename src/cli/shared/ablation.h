/* Members that are looked at after a change: a lesion, a shuffled wiring, one weight for all
 * synapses. */
#ifndef AANN_CLI_SHARED_ABLATION_H
#define AANN_CLI_SHARED_ABLATION_H

#include "cli/shared/evaluate.h"
#include "cli/shared/members.h"
#include "cli/shared/options.h"

enum { CLI_ALTERATION_OPTIONS = 8 };

/* What can be typed. Always start from cli_default_alteration(). */
typedef struct cli_ablation {
    double lesion; /* percent; negative: none */
    double shared; /* weight */
    bool shared_given, shuffle, keep_signs;
    int32_t layer; /* of a lesion or a shuffle; negative: all */
    int64_t draw, seed;
    bool draw_given, seed_given;
} cli_ablation;

cli_ablation cli_default_alteration(void);

/* Writes the options to options[CLI_ALTERATION_OPTIONS]; returns how many. */
size_t cli_alteration_options(cli_ablation *alteration, cli_option *options);

/* Whether any of them was typed. */
bool cli_ablation_is_given(const cli_ablation *alteration);

/* Makes a changed copy of the network, to be freed with aann_network_destroy, and says how in
 * text[size]: "" if nothing was asked for, and the copy is equal. */
aann_status cli_ablation_copy(const cli_ablation *alteration, const aann_network *network,
                              aann_network **changed, char *text, size_t size, aann_error *error);

/* Changes the member's network (and spec, where the weights get a size), and says how, as
 * above. */
aann_status cli_ablation_apply(const cli_ablation *alteration, aann_member *member, char *text,
                               size_t size, aann_error *error);

#endif
