/* What ranks say to each other. */
#ifndef AANN_DISTRIBUTED_MESSAGE_H
#define AANN_DISTRIBUTED_MESSAGE_H

#include "aann/ranks.h"

typedef enum aann_message_kind {
    AANN_MESSAGE_HELLO = 1, /* to rank 0: content is aann_hello; `value` its slots */
    AANN_MESSAGE_TASK,      /* from rank 0: `value` is the kind, content what aann_task.pack made */
    AANN_MESSAGE_DATA, /* from rank 0: where the data are; `value` is the limit, content two texts */
    AANN_MESSAGE_STOP,   /* from rank 0: all tasks end where they can be resumed */
    AANN_MESSAGE_END,    /* from rank 0: it was the last message */
    AANN_MESSAGE_REPORT, /* to rank 0: content is an aann_member_report */
    AANN_MESSAGE_PART,   /* to rank 0: content is for aann_task.take */
    AANN_MESSAGE_TEAM,   /* from rank 0: content is an excerpt with the family of a team */
    AANN_MESSAGE_SHARED, /* both ways: content is for a shared engine (search/shared_words.h) */
    AANN_MESSAGE_DONE    /* to rank 0: `value` is the status, content the error's message */
} aann_message_kind;

/* Who says hello must have the same layout of structures, and the same bits in the end. */
typedef struct aann_hello {
    char version[32];
    uint64_t sizes[2];
} aann_hello;

aann_hello aann_hello_make(void);

/* In front of every message. */
typedef struct aann_message_head {
    int64_t kind;
    uint64_t task; /* which one; 0 where it is about none */
    int64_t value;
} aann_message_head;

/* A message with its content, content[size], behind the head. */
typedef struct aann_message {
    aann_message_head head;
    int32_t rank; /* that it came from */
    void *bytes;  /* all of it; for free */
    const void *content;
    size_t size;
} aann_message;

aann_status aann_message_send(const aann_wire *wire, int32_t to, const aann_message_head *head,
                              const void *content, size_t size, aann_error *error);

/* Takes a message from anybody; message->bytes is NULL if there is none and it does not wait. */
aann_status aann_message_receive(const aann_wire *wire, bool wait, aann_message *message,
                                 aann_error *error);

/* Waits for the next SHARED message of that rank; its content becomes bytes[*size], malloc'ed. */
aann_status aann_message_hear_shared(const aann_wire *wire, int32_t rank, void **bytes,
                                     size_t *size, aann_error *error);

#endif
