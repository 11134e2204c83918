/* Reports of studies that are well-formed and whose facts do not fit each other, and of questions
 * that a stranger stored. The fuzzer's bytes choose a small study, change it, and choose the options
 * of its report. A refusal is fine, in one line; what is made must be JSON that ends no element of a
 * page and frightens no terminal. (The changes are those of tests/family/fuzz_structure.c.) */
#include "aann/report.h"

#include "family/structure_changes.h"
#include "family/structure_memory.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
int LLVMFuzzerInitialize(int *count, char ***arguments);

int LLVMFuzzerInitialize(int *count, char ***arguments)
{
    (void)count;
    (void)arguments;
    require(structure_memory_set() == SQLITE_OK);
    make_studies();
    return 0;
}

static void check_json(const char *text)
{
    json_error_t problem;
    /* Numbers of steps have up to 64 bits; this reader's whole numbers have 63. */
    json_t *value = json_loads(text, JSON_DECODE_INT_AS_REAL, &problem);
    require(value != NULL);
    json_decref(value);
    for (const char *letter = text; *letter != '\0'; letter++) {
        require(*letter >= ' ' && *letter <= '~' && strchr("<>&", *letter) == NULL);
    }
}

/* Labels and questions of any kind, beside what is changed in all studies. */
static void add_findings(aann_study *study, structure_bytes *from)
{
    static const char *const questions[] = {
        "[]",
        "{}",
        "[{\"question\":\"</script>\",\"lines\":{\"x\":{\"values\":[1]},\"y\":{},\"series\":[]}}]",
        "[{\"question\":\"a\",\"table\":{\"columns\":[\"b\"],\"rows\":[[1,null,\"c\"],[]]}}]",
    };
    const uint8_t choice = next_byte(from);
    char text[64];
    size_t length = 0;
    while (choice >= 128 && length + 1 < sizeof text && from->at < from->end) {
        text[length] = (char)next_byte(from);
        length++;
    }
    text[length] = '\0';
    (void)aann_study_save_finding(study, 1, "experiment",
                                  choice >= 128 ? text : questions[choice % 4], NULL);
    int32_t labels[16];
    for (int i = 0; i < 16; i++) {
        labels[i] = (int8_t)next_byte(from);
    }
    const aann_truth truth = {.split = "test", .samples = "x", .sample_count = 16};
    (void)aann_study_save_truth(study, 1, &truth, labels, NULL, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    structure_bytes from = {bytes, bytes + size};
    const structure_study *table = structure_table();
    const uint8_t choice = next_byte(&from);
    const structure_study *of = &table[choice % STUDIES];
    /* Mostly the data that belong to it, or none. */
    const structure_study *data = choice < 200 ? of : &table[next_byte(&from) % STUDIES];
    const uint8_t how = next_byte(&from);
    aann_error error = {0};
    aann_report *report = NULL;
    aann_study *study = open_copy(of); /* the same handle every time */
    aann_report_options options = aann_report_options_default();
    options.data = how & 1 ? data->data : NULL;
    options.split = how & 2 ? "train" : how & 4 ? "validation" : NULL;
    options.family = how & 8 ? 1 : 0;
    options.track_count = 0;
    add_findings(study, &from);
    change_study(study, &from);
    if (aann_report_create(study, &options, &report, &error) == AANN_OK) {
        check_json(aann_report_json(report));
        aann_report_destroy(report);
    } else {
        require(error.message[0] != '\0' && strchr(error.message, '\n') == NULL);
    }
    return 0;
}
