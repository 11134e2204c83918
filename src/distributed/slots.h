/* Slots: the threads in which a rank runs tasks, and what they have to say. */
#ifndef AANN_DISTRIBUTED_SLOTS_H
#define AANN_DISTRIBUTED_SLOTS_H

#include "distributed/message.h"
#include "family/hands.h"

typedef struct aann_slots aann_slots;

/* Something that a task says: head.kind is REPORT, PART or DONE. */
typedef struct aann_said {
    struct aann_said *next;
    aann_message_head head;
    size_t size;
    uint8_t content[];
} aann_said;

/* `count` tasks at a time, on `threads` threads together. */
aann_status aann_slots_create(int32_t count, int32_t threads, const char *isa, aann_slots **slots,
                              aann_error *error);
/* Stops what runs. */
void aann_slots_destroy(aann_slots *slots);

/* Where the data of tasks are from now on. */
aann_status aann_slots_set_data(aann_slots *slots, const char *train, const char *test,
                                int64_t limit, aann_error *error);

/* Puts a task behind those that wait; bytes[size] are copied. `data`: the family's, if they are at
 * hand, else they are loaded. */
aann_status aann_slots_add(aann_slots *slots, uint64_t task, aann_task_kind kind, const void *bytes,
                           size_t size, const aann_family_data *data, aann_error *error);

/* A family's data, loaded if they are not yet; they belong to the slots. */
aann_status aann_slots_data(aann_slots *slots, const aann_family_row *family,
                            const aann_family_data **data, aann_error *error);

/* All tasks end where they can be resumed, those that wait, too. */
void aann_slots_stop(aann_slots *slots);

/* The oldest that was said, for free; NULL if there is nothing within the seconds. */
aann_said *aann_slots_listen(aann_slots *slots, double seconds);

#endif
