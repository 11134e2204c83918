/* Models whose sections do not fit each other, with right lengths, hashes and check sums. The fuzzer's
 * bytes choose a model and change its sections: one is left out, doubled, moved, taken from another
 * model, cut, or has another number in it; or its network has other weights. */
#include "model/fuzz_use.h"

#include "aann/data.h"
#include "model/format.h"
#include "network/network.h"

enum { MODELS = 4, SECTIONS = 16, ROOM = 64, HEADER = AANN_MODEL_MAGIC_SIZE + 4, HEAD = 16 };

/* A section without its head. */
typedef struct section {
    uint8_t tag[AANN_MODEL_TAG_SIZE + 4]; /* and flags */
    uint8_t *bytes;
    size_t size;
    int64_t wrong_by; /* of the length that is written */
} section;

typedef struct sections {
    section list[SECTIONS];
    int count;
} sections;

static uint8_t *models[MODELS];
static size_t sizes[MODELS];
static aann_network *networks[MODELS];

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
int LLVMFuzzerInitialize(int *count, char ***arguments);

/* ---- the models ------------------------------------------------------------------------------ */

static aann_network *network_of(const char *text, aann_shape input)
{
    aann_error error;
    aann_spec spec;
    aann_network *network = NULL;
    require(aann_spec_parse(text, input, &spec, &error) == AANN_OK);
    require(aann_network_create(&spec, &network, &error) == AANN_OK);
    aann_network_randomise(network, 1, 0);
    return network;
}

static void keep(int index, aann_network *network, const aann_model_description *about)
{
    aann_error error;
    aann_model *model = NULL;
    void *bytes = NULL;
    require(aann_model_create(network, about, &model, &error) == AANN_OK);
    require(aann_model_write(model, &bytes, &sizes[index], &error) == AANN_OK);
    models[index] = bytes;
    networks[index] = network;
    aann_model_destroy(model);
}

static void keep_plain(int index)
{
    static const char *const classes[] = {"one", "two", "three"};
    aann_model_description about = aann_model_description_default();
    about.class_names = classes;
    about.class_count = 3;
    about.provenance = "aann search, seed 1";
    keep(index, network_of("2C3@50-MP2-3@40", (aann_shape){1, 6, 6}), &about);
}

/* Columns of all kinds: the second form of the encoding. */
static void keep_table(int index)
{
    static const char *const colours[] = {"blue", "red"};
    static const char *const names[] = {"age", "colour", "old"};
    static aann_column columns[] = {
        {.name = "age", .kind = AANN_COLUMN_NUMBER},
        {.name = "colour", .kind = AANN_COLUMN_WORDS, .levels = colours, .level_count = 2},
        {.name = "old", .kind = AANN_COLUMN_BOOLEAN}};
    static aann_input_rule rules[] = {
        {0, AANN_INPUT_THRESHOLD, 1.5, 0.0}, {0, AANN_INPUT_MISSING, 0.0, 0.0},
        {0, AANN_INPUT_RANGE, 0.0, 4.0},     {1, AANN_INPUT_LEVEL, 0.0, 0.0},
        {1, AANN_INPUT_LEVEL, 1.0, 0.0},     {2, AANN_INPUT_THRESHOLD, 0.5, 0.0}};
    const aann_encoding encoding = {.kind = AANN_ENCODING_TABLE,
                                    .feature_count = 3,
                                    .constant = true,
                                    .columns = columns,
                                    .rules = rules,
                                    .rule_count = 6};
    aann_model_description about = aann_model_description_default();
    about.encoding = &encoding;
    about.column_names = names;
    about.column_count = 3;
    keep(index, network_of("4@50-3@40", (aann_shape){7, 1, 1}), &about);
}

/* The encoding of each value by itself, of samples of this shape. */
static void fit(aann_shape shape, aann_encoding *encoding)
{
    enum { COUNT = 6, LARGEST = 16 };
    float values[COUNT * LARGEST];
    const int64_t size = aann_shape_size(shape);
    for (int64_t i = 0; i < COUNT * size; i++) {
        values[i] = (float)(i * i % 13);
    }
    aann_error error;
    aann_dataset *dataset = NULL;
    aann_dataset_arrays arrays = aann_dataset_arrays_default();
    arrays.inputs = (aann_array_view){.values = values,
                                      .type = AANN_ELEMENT_FLOAT32,
                                      .dimension_count = 2,
                                      .dimensions = {COUNT, size}};
    arrays.shape = shape;
    require(aann_dataset_create(&arrays, &dataset, &error) == AANN_OK);
    require(aann_encoding_fit(dataset, AANN_ENCODING_FEATURE, encoding, &error) == AANN_OK);
    aann_dataset_destroy(dataset);
}

/* Targets with units, weights and names. */
static void keep_regression(int index)
{
    static const double mean[] = {1.0, -2.0};
    static const double scale[] = {0.5, 20.0};
    static const double weights[] = {1.0, 3.0};
    static const char *const columns[] = {"a", "b", "c", "d", "e"};
    static const char *const targets[] = {"left", "right"};
    const aann_shape shape = {5, 1, 1};
    aann_encoding encoding;
    fit(shape, &encoding);
    aann_model_description about = aann_model_description_default();
    about.encoding = &encoding;
    about.regression = true;
    about.target_mean = mean;
    about.target_scale = scale;
    about.target_weights = weights;
    about.target_names = targets;
    about.column_names = columns;
    about.column_count = 5;
    keep(index, network_of("4@50-2@40", shape), &about);
    aann_encoding_destroy(&encoding);
}

static void keep_windows(int index)
{
    static const char *const columns[] = {"x", "y"};
    static const char *const classes[] = {"still", "moving"};
    const aann_shape shape = {2, 1, 8};
    aann_encoding encoding;
    fit(shape, &encoding);
    aann_model_description about = aann_model_description_default();
    about.encoding = &encoding;
    about.class_names = classes;
    about.class_count = 2;
    about.window_columns = columns;
    about.window_column_count = 2;
    about.window_step = 3;
    keep(index, network_of("4@50-2@40", shape), &about);
    aann_encoding_destroy(&encoding);
}

int LLVMFuzzerInitialize(int *count, char ***arguments)
{
    (void)count;
    (void)arguments;
    keep_plain(0);
    keep_table(1);
    keep_regression(2);
    keep_windows(3);
    return 0;
}

/* ---- sections -------------------------------------------------------------------------------- */

static uint64_t word_at(const uint8_t *bytes)
{
    uint64_t word = 0;
    for (int i = 7; i >= 0; i--) {
        word = word << 8 | bytes[i];
    }
    return word;
}

static void put_word(uint8_t *bytes, uint64_t word, size_t width)
{
    for (size_t i = 0; i < width; i++) {
        bytes[i] = (uint8_t)(word >> 8 * i);
    }
}

/* A copy with room to grow. */
static section copy_section(const section *of)
{
    section copy = *of;
    copy.bytes = calloc(of->size + ROOM, 1);
    require(copy.bytes != NULL);
    memcpy(copy.bytes, of->bytes, of->size);
    return copy;
}

static void split(int index, sections *into)
{
    size_t at = HEADER;
    into->count = 0;
    while (at + HEAD <= sizes[index] - AANN_MODEL_CHECKSUM_SIZE) {
        section found = {.bytes = models[index] + at + HEAD};
        memcpy(found.tag, models[index] + at, sizeof found.tag);
        found.size = (size_t)word_at(models[index] + at + 8);
        at += HEAD + found.size;
        into->list[into->count++] = copy_section(&found);
    }
}

static void join(int index, const sections *from, structure_bytes *bytes)
{
    size_t size = HEADER + AANN_MODEL_CHECKSUM_SIZE;
    for (int i = 0; i < from->count; i++) {
        size += HEAD + from->list[i].size;
    }
    uint8_t *joined = calloc(size, 1);
    require(joined != NULL);
    memcpy(joined, models[index], HEADER);
    size_t at = HEADER;
    for (int i = 0; i < from->count; i++) {
        const section *one = &from->list[i];
        memcpy(joined + at, one->tag, sizeof one->tag);
        put_word(joined + at + 8, one->size + (uint64_t)one->wrong_by, 8);
        memcpy(joined + at + HEAD, one->bytes, one->size);
        at += HEAD + one->size;
    }
    if (next_byte(bytes) == 255) {
        joined[next_byte(bytes) % HEADER] = next_byte(bytes);
    }
    read_and_use(joined, size);
    free(joined);
}

/* ---- changes --------------------------------------------------------------------------------- */

/* One number of four or eight bytes, at any place. */
static void change_number(section *one, structure_bytes *from)
{
    const uint8_t kind = next_byte(from);
    const size_t width = kind & 1 ? 4 : 8;
    if (one->size < width) {
        return;
    }
    const size_t at = (size_t)next_byte(from) * (kind & 2 ? 4 : 1) % (one->size - width + 1);
    const double real = odd_real(from);
    uint64_t word = (uint64_t)odd_integer(from);
    if (kind & 4) {
        memcpy(&word, &real, sizeof word);
    } else if (kind & 8) { /* nearly what it was */
        word = one->bytes[at] + (kind & 16 ? 1U : 255U);
    }
    put_word(one->bytes + at, word, width);
}

static void change_size(section *one, structure_bytes *from)
{
    const uint8_t kind = next_byte(from);
    if (kind % 4 == 0) {
        one->wrong_by = odd_integer(from);
    } else if (kind % 4 == 1) {
        one->size -= next_byte(from) % (one->size + 1);
    } else if (one->size < ROOM) { /* grows once at most */
        one->size += next_byte(from) % (ROOM - one->size % ROOM);
    }
}

/* Other weights, of the network's counts or not, with their hash, which stands before them. */
static void change_weights(int index, sections *of, structure_bytes *from)
{
    aann_error error;
    aann_network *network = NULL;
    require(aann_network_copy(networks[index], &network, &error) == AANN_OK);
    const aann_spec *spec = aann_network_spec(network);
    const size_t packed = aann_network_packed_size(spec);
    aann_network_randomise(network, next_byte(from), 1);
    for (int i = next_byte(from) % 4; i > 0; i--) {
        const int32_t layer = next_byte(from) % spec->layer_count;
        const uint64_t place = next_word(from) % (uint64_t)spec->layers[layer].weight_count;
        aann_network_weights_mutable(network, layer)[place] = (int8_t)(next_byte(from) % 3 - 1);
    }
    section *first = &of->list[0];
    if (of->count > 0 && memcmp(first->tag, "NETW", 4) == 0 && first->size > packed + 8) {
        put_word(first->bytes + first->size - packed - 8, aann_network_hash(network), 8);
        aann_network_pack(network, first->bytes + first->size - packed);
    }
    aann_network_destroy(network);
}

static void remove_section(sections *of, int which)
{
    free(of->list[which].bytes);
    of->count--;
    memmove(&of->list[which], &of->list[which + 1],
            (size_t)(of->count - which) * sizeof of->list[0]);
}

/* A section of another model, or of this one once more: in the place of its like, or behind all. */
static void borrow(sections *of, structure_bytes *from)
{
    sections other;
    split(next_byte(from) % MODELS, &other);
    const section *wanted = &other.list[next_byte(from) % other.count];
    int like = 0;
    while (like < of->count && memcmp(of->list[like].tag, wanted->tag, 4) != 0) {
        like++;
    }
    if (like < of->count && next_byte(from) % 4 != 0) {
        free(of->list[like].bytes);
        of->list[like] = copy_section(wanted);
    } else if (of->count < SECTIONS) {
        of->list[of->count++] = copy_section(wanted);
    }
    for (int i = 0; i < other.count; i++) {
        free(other.list[i].bytes);
    }
}

static void change_tag(section *one, structure_bytes *from)
{
    const uint8_t choice = next_byte(from);
    if (choice < 128) {
        memcpy(one->tag, aann_model_tags[choice % AANN_SECTION_COUNT], AANN_MODEL_TAG_SIZE);
    } else {
        one->tag[choice % sizeof one->tag] = next_byte(from);
    }
}

static void change(int index, sections *of, structure_bytes *from)
{
    const uint8_t action = next_byte(from);
    if (action % 16 == 0) {
        borrow(of, from);
    } else if (action % 16 == 1) {
        change_weights(index, of, from);
    } else if (of->count > 0) {
        const int which = next_byte(from) % of->count;
        section *one = &of->list[which];
        if (action % 16 == 2) {
            remove_section(of, which);
        } else if (action % 16 == 3) {
            change_tag(one, from);
        } else if (action % 16 < 6) {
            change_size(one, from);
        } else if (action % 16 < 13) {
            change_number(one, from);
        } else if (one->size > 0) {
            one->bytes[next_word(from) % one->size] = next_byte(from);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    structure_bytes from = {bytes, bytes + size};
    sections changed;
    const int index = next_byte(&from) % MODELS;
    split(index, &changed);
    for (int i = next_byte(&from) % 5; i > 0; i--) {
        change(index, &changed, &from);
    }
    join(index, &changed, &from);
    for (int i = 0; i < changed.count; i++) {
        free(changed.list[i].bytes);
    }
    return 0;
}
