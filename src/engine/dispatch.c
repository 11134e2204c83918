/* Chooses among the instruction sets that this build has (AANN_HAVE_...) and this processor
 * offers. */
#include "engine/dispatch.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "aann/version.h"
#include "core/error.h"
#include "engine/kernels/table.h"

typedef struct instruction_set {
    const char *name;
    bool available; /* on this processor */
    aann_kernels (*create)(void);
} instruction_set;

enum { MAX_INSTRUCTION_SETS = 4 };

/* Best first. */
static int32_t list_instruction_sets(instruction_set *sets)
{
    int32_t count = 0;
#if defined(AANN_HAVE_AVX512)
    const bool avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                        __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
                        __builtin_cpu_supports("bmi2");
    sets[count++] = (instruction_set){"avx512", avx512, aann_kernels_create_avx512};
#endif
#if defined(AANN_HAVE_AVX2)
    const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2");
    sets[count++] = (instruction_set){"avx2", avx2, aann_kernels_create_avx2};
#endif
#if defined(AANN_HAVE_NEON)
    sets[count++] = (instruction_set){"neon", true, aann_kernels_create_neon};
#endif
#if defined(AANN_HAVE_BASELINE)
    sets[count++] = (instruction_set){"baseline", true, aann_kernels_create_baseline};
#endif
    return count;
}

aann_status aann_kernels_choose(const char *name, aann_kernels *kernels, aann_error *error)
{
    instruction_set sets[MAX_INSTRUCTION_SETS];
    const int32_t count = list_instruction_sets(sets);
    const bool automatic = name == NULL || strcmp(name, "auto") == 0;
    char names[128] = "auto";
    for (int32_t i = 0; i < count; i++) {
        if (!sets[i].available) {
            continue;
        }
        if (automatic || strcmp(name, sets[i].name) == 0) {
            *kernels = sets[i].create();
            return AANN_OK;
        }
        const size_t length = strlen(names);
        snprintf(names + length, sizeof names - length, ", %s", sets[i].name);
    }
    return aann_fail(error, AANN_ERROR_ARGUMENT, "instruction set \"%s\": this machine has %s",
                     name, names);
}

int32_t aann_isa_count(void)
{
    instruction_set sets[MAX_INSTRUCTION_SETS];
    const int32_t count = list_instruction_sets(sets);
    int32_t available = 0;
    for (int32_t i = 0; i < count; i++) {
        available += sets[i].available ? 1 : 0;
    }
    return available;
}

const char *aann_isa_name(int32_t index)
{
    instruction_set sets[MAX_INSTRUCTION_SETS];
    const int32_t count = list_instruction_sets(sets);
    for (int32_t i = 0; i < count; i++) {
        if (sets[i].available && index-- == 0) {
            return sets[i].name;
        }
    }
    return NULL;
}
