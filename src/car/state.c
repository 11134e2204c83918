/* A car as bytes: saved, restored, copied.
 *
 * What is saved is what cannot be computed again: the settings, the random numbers as they were
 * before the track was drawn, how the bodies move, and which tiles were met. Restoring draws the
 * track anew, so the bytes hold no geometry that a stranger could bend, and are about 700 bytes.
 * The track's hash tells a version whose tracks have other last bits.
 *
 * One function, transfer_all, walks over everything for both directions, so that they cannot
 * disagree. Restoring reads into plain values, checks them, and touches the car last. */
#include "car/state.h"

#include <math.h>
#include <string.h>

#include "car/environment.h"
#include "core/error.h"
#include "core/trigonometry.h"

enum {
    VERSION = 2,
    WITHOUT_SHOWN = 1, /* the version that did not save the reward of the picture */
    BODIES = 1 + AANN_CAR_JOINTS,
    FLAG_BYTES = (AANN_CAR_MAX_TILES + 7) / 8,
    TRACK_ATTEMPTS = 1000 /* more than any real stream needs, which fails about one in twenty */
};

static const uint64_t checksum_start = 0xcbf29ce484222325u, checksum_factor = 0x100000001b3u;
static const char magic[8] = {'a', 'a', 'n', 'n', ' ', 'c', 'a', 'r'};

/* What is refused. Places and angles further away than this (metres, radians) would leave the whole
 * numbers of the drawing surface; the rest is far more than the physics allow, which cut a step to
 * 2 m and a quarter turn, and hold the wheels 2 m from the hull, turned by 0.4. */
static const double farthest = 1e6;
static const double speed_limit = 1000.0;
static const double spin_limit = 1e6; /* of a wheel, and impulses of the joints */
static const double wheel_reach = 10.0, wheel_turn = 10.0;
static const double any = 1e12;

enum { STEP_LIMIT = INT32_MAX / 2 };

/* What of a body is not the same in all cars. */
typedef struct saved_body {
    float x, y, angle; /* of the centre of mass */
    float velocity_x, velocity_y, spin, rest_time;
} saved_body;

typedef struct saved_car {
    aann_car_options options;
    bool seeded; /* nothing else is meant if not */
    aann_car_random track_random;
    aann_car_colour colours[3]; /* road, field, grass */
    double total_reward, previous_reward, shown_reward, time;
    int32_t steps;
    bool new_lap;
    saved_body bodies[BODIES]; /* the hull, then the wheels */
    aann_car_wheel_body wheels[AANN_CAR_WHEELS];
    aann_car_joint joints[AANN_CAR_JOINTS]; /* all but the anchors */
    int32_t tiles;
    uint64_t track_hash;
    uint8_t visited[FLAG_BYTES], shaded[FLAG_BYTES]; /* a bit for each tile */
} saved_car;

/* Bytes being written, or read with a check of every value. */
typedef struct transfer {
    uint8_t *out;      /* NULL: counted only */
    const uint8_t *in; /* NULL: writing */
    size_t size, place;
    int32_t version;   /* of the bytes that are read */
    const char *fault; /* the first thing that was wrong; NULL: none */
} transfer;

uint64_t aann_car_checksum(const void *bytes, size_t size)
{
    const uint8_t *byte = bytes;
    uint64_t sum = checksum_start;
    for (size_t i = 0; i < size; i++) {
        sum = (sum ^ byte[i]) * checksum_factor;
    }
    return sum;
}

static void find_fault(transfer *t, const char *fault)
{
    if (t->fault == NULL) {
        t->fault = fault;
    }
}

/* The lower `width` bytes of a word, the lowest first. */
static void transfer_word(transfer *t, uint64_t *word, size_t width)
{
    if (t->in == NULL) {
        for (size_t i = 0; i < width && t->out != NULL; i++) {
            t->out[t->place + i] = (uint8_t)(*word >> 8 * i);
        }
        t->place += width;
        return;
    }
    *word = 0;
    if (t->size - t->place < width) {
        find_fault(t, "it ends too early");
        t->place = t->size;
        return;
    }
    for (size_t i = 0; i < width; i++) {
        *word |= (uint64_t)t->in[t->place + i] << 8 * i;
    }
    t->place += width;
}

static void transfer_real(transfer *t, double *value, double low, double high, const char *fault)
{
    uint64_t word;
    memcpy(&word, value, sizeof word);
    transfer_word(t, &word, sizeof word);
    memcpy(value, &word, sizeof word);
    if (t->in != NULL && !(*value >= low && *value <= high)) {
        find_fault(t, fault);
    }
}

/* A number that the driver gave: anything. */
static void transfer_wish(transfer *t, double *value)
{
    uint64_t word;
    memcpy(&word, value, sizeof word);
    transfer_word(t, &word, sizeof word);
    memcpy(value, &word, sizeof word);
}

static void transfer_single(transfer *t, float *value, double low, double high, const char *fault)
{
    uint32_t bits;
    memcpy(&bits, value, sizeof bits);
    uint64_t word = bits;
    transfer_word(t, &word, sizeof bits);
    bits = (uint32_t)word;
    memcpy(value, &bits, sizeof bits);
    if (t->in != NULL && !((double)*value >= low && (double)*value <= high)) {
        find_fault(t, fault);
    }
}

static void transfer_count(transfer *t, int32_t *value, int32_t low, int32_t high,
                           const char *fault)
{
    uint64_t word = (uint32_t)*value;
    transfer_word(t, &word, sizeof *value);
    if (t->in != NULL && (word > INT32_MAX || (int32_t)word < low || (int32_t)word > high)) {
        find_fault(t, fault);
        word = (uint32_t)low;
    }
    *value = (int32_t)word;
}

static void transfer_flag(transfer *t, bool *value, const char *fault)
{
    uint64_t word = *value ? 1 : 0;
    transfer_word(t, &word, 1);
    if (word > 1) {
        find_fault(t, fault);
    }
    *value = word == 1;
}

static void transfer_options(transfer *t, aann_car_options *options)
{
    transfer_real(t, &options->lap_complete_percent, 0.0, 1.0, "its lap_complete_percent");
    transfer_count(t, &options->step_limit, 0, INT32_MAX, "its step_limit");
    transfer_flag(t, &options->domain_randomize, "its domain_randomize");
}

static void transfer_random(transfer *t, aann_car_random *random)
{
    transfer_word(t, &random->state.high, 8);
    transfer_word(t, &random->state.low, 8);
    transfer_word(t, &random->increment.high, 8);
    transfer_word(t, &random->increment.low, 8);
    if ((random->increment.low & 1) == 0) {
        find_fault(t, "its random numbers");
    }
    transfer_flag(t, &random->has_half, "its random numbers");
    uint64_t half = random->half;
    transfer_word(t, &half, 4);
    random->half = (uint32_t)half;
}

static void transfer_body(transfer *t, saved_body *body)
{
    transfer_single(t, &body->x, -farthest, farthest, "a place");
    transfer_single(t, &body->y, -farthest, farthest, "a place");
    transfer_single(t, &body->angle, -farthest, farthest, "an angle");
    transfer_single(t, &body->velocity_x, -speed_limit, speed_limit, "a speed");
    transfer_single(t, &body->velocity_y, -speed_limit, speed_limit, "a speed");
    transfer_single(t, &body->spin, -speed_limit, speed_limit, "a speed of turning");
    transfer_single(t, &body->rest_time, 0.0, any, "a time of rest");
}

static void transfer_wheel(transfer *t, aann_car_wheel_body *wheel)
{
    transfer_real(t, &wheel->gas, 0.0, 1.0, "the gas");
    transfer_wish(t, &wheel->brake);
    transfer_wish(t, &wheel->steer);
    transfer_real(t, &wheel->phase, -any, any, "a wheel's angle");
    transfer_real(t, &wheel->omega, -spin_limit, spin_limit, "a wheel's spin");
    transfer_count(t, &wheel->tiles, 0, AANN_CAR_MAX_TILES, "the tiles under a wheel");
}

static void transfer_joint(transfer *t, aann_car_joint *joint)
{
    transfer_single(t, &joint->motor_speed, -spin_limit, spin_limit, "a joint");
    transfer_single(t, &joint->impulse.x, -spin_limit, spin_limit, "a joint");
    transfer_single(t, &joint->impulse.y, -spin_limit, spin_limit, "a joint");
    transfer_single(t, &joint->limit_impulse, -spin_limit, spin_limit, "a joint");
    transfer_single(t, &joint->motor_impulse, -spin_limit, spin_limit, "a joint");
    int32_t limit = (int32_t)joint->limit;
    transfer_count(t, &limit, AANN_CAR_LIMIT_NONE, AANN_CAR_LIMIT_UPPER, "a joint");
    joint->limit = (aann_car_limit)limit;
}

static void transfer_tiles(transfer *t, saved_car *saved)
{
    transfer_count(t, &saved->tiles, 1, AANN_CAR_MAX_TILES, "its number of tiles");
    transfer_word(t, &saved->track_hash, 8);
    for (int32_t i = 0; i < (saved->tiles + 7) / 8; i++) {
        uint64_t visited = saved->visited[i], shaded = saved->shaded[i];
        transfer_word(t, &visited, 1);
        transfer_word(t, &shaded, 1);
        saved->visited[i] = (uint8_t)visited;
        saved->shaded[i] = (uint8_t)shaded;
    }
}

/* Everything behind the head. */
static void transfer_all(transfer *t, saved_car *saved)
{
    transfer_options(t, &saved->options);
    transfer_flag(t, &saved->seeded, "whether it has been seeded");
    if (!saved->seeded) {
        return;
    }
    transfer_random(t, &saved->track_random);
    for (int32_t i = 0; i < 9; i++) {
        transfer_real(t, &saved->colours[i / 3].channels[i % 3], 0.0, 255.0, "a colour");
    }
    transfer_real(t, &saved->total_reward, -any, any, "its reward");
    transfer_real(t, &saved->previous_reward, -any, any, "its reward");
    transfer_real(t, &saved->time, 0.0, any, "its time");
    transfer_count(t, &saved->steps, 0, STEP_LIMIT, "its number of steps");
    if (t->in != NULL && t->version == WITHOUT_SHOWN) { /* known but for its last bit */
        saved->shown_reward = saved->total_reward + (saved->steps > 0 ? 0.1 : 0.0);
    } else {
        transfer_real(t, &saved->shown_reward, -any, any, "its reward");
    }
    transfer_flag(t, &saved->new_lap, "whether it began a new lap");
    for (int32_t i = 0; i < BODIES; i++) {
        transfer_body(t, &saved->bodies[i]);
    }
    for (int32_t i = 0; i < AANN_CAR_WHEELS; i++) {
        transfer_wheel(t, &saved->wheels[i]);
        transfer_joint(t, &saved->joints[i]);
    }
    transfer_tiles(t, saved);
}

/* Of the bits of all numbers. */
static uint64_t hash_track(const aann_car_circuit *track)
{
    uint64_t sum = checksum_start;
    for (int32_t i = 0; i < track->count; i++) {
        const aann_car_point *p = &track->points[i];
        const double numbers[] = {p->alpha, p->beta, p->x, p->y};
        for (int k = 0; k < 4; k++) {
            uint64_t word;
            memcpy(&word, &numbers[k], sizeof word);
            sum = (sum ^ word) * checksum_factor;
        }
    }
    return sum;
}

static saved_body gather_body(const aann_car_body *body)
{
    return (saved_body){.x = body->centre.x,
                        .y = body->centre.y,
                        .angle = body->angle,
                        .velocity_x = body->velocity.x,
                        .velocity_y = body->velocity.y,
                        .spin = body->spin,
                        .rest_time = body->rest_time};
}

static void gather(const aann_car *car, saved_car *saved)
{
    *saved = (saved_car){.options = car->options, .seeded = car->seeded};
    if (!car->seeded) {
        return;
    }
    const aann_car_assembly *assembly = &car->vehicle.assembly;
    saved->track_random = car->track_random;
    saved->colours[0] = car->road_colour;
    saved->colours[1] = car->field_colour;
    saved->colours[2] = car->grass_colour;
    saved->total_reward = car->total_reward;
    saved->previous_reward = car->previous_reward;
    saved->shown_reward = car->shown_reward;
    saved->time = car->time;
    saved->steps = car->steps;
    saved->new_lap = car->new_lap;
    saved->bodies[0] = gather_body(&assembly->hull);
    for (int32_t i = 0; i < AANN_CAR_WHEELS; i++) {
        saved->bodies[1 + i] = gather_body(&assembly->wheels[i]);
        saved->wheels[i] = car->vehicle.wheels[i];
        saved->joints[i] = assembly->joints[i];
    }
    saved->tiles = car->track.count;
    saved->track_hash = hash_track(&car->track);
    for (int32_t i = 0; i < car->track.count; i++) {
        const aann_car_tile *tile = &car->road.tiles[i];
        saved->visited[i / 8] |= (uint8_t)((tile->visited ? 1u : 0u) << i % 8);
        saved->shaded[i / 8] |= (uint8_t)((tile->shaded ? 1u : 0u) << i % 8);
    }
}

/* The velocity is that of the centre of mass; what else a body is was set when it was placed. */
static void apply_body(aann_car_body *body, const saved_body *saved)
{
    body->centre = (aann_car_vector){saved->x, saved->y};
    body->angle = saved->angle;
    body->velocity = (aann_car_vector){saved->velocity_x, saved->velocity_y};
    body->spin = saved->spin;
    body->rest_time = saved->rest_time;
    aann_car_body_settle(body);
}

static void apply_vehicle(aann_car *car, const saved_car *saved)
{
    aann_car_assembly *assembly = &car->vehicle.assembly;
    const aann_car_point *start = &car->track.points[0];
    aann_car_vehicle_place(&car->vehicle, start->beta, start->x, start->y);
    apply_body(&assembly->hull, &saved->bodies[0]);
    for (int32_t i = 0; i < AANN_CAR_WHEELS; i++) {
        apply_body(&assembly->wheels[i], &saved->bodies[1 + i]);
        car->vehicle.wheels[i] = saved->wheels[i];
        const aann_car_vector anchor = assembly->joints[i].anchor;
        assembly->joints[i] = saved->joints[i];
        assembly->joints[i].anchor = anchor;
    }
}

static void apply(aann_car *car, const saved_car *saved, const aann_car_circuit *track,
                  const aann_car_random *random)
{
    const aann_car_picture picture = car->options.picture;
    car->options = saved->options;
    car->options.picture = picture;
    car->seeded = saved->seeded;
    if (!saved->seeded) {
        return;
    }
    car->random = *random;
    car->track_random = saved->track_random;
    car->road_colour = saved->colours[0];
    car->field_colour = saved->colours[1];
    car->grass_colour = saved->colours[2];
    car->total_reward = saved->total_reward;
    car->previous_reward = saved->previous_reward;
    car->shown_reward = saved->shown_reward;
    car->time = saved->time;
    car->steps = saved->steps;
    car->new_lap = saved->new_lap;
    car->track = *track;
    aann_car_road_build(&car->road, &car->track);
    apply_vehicle(car, saved);
    car->visited = 0;
    for (int32_t i = 0; i < car->track.count; i++) {
        aann_car_tile *tile = &car->road.tiles[i];
        tile->visited = (saved->visited[i / 8] >> i % 8 & 1) != 0;
        tile->shaded = (saved->shaded[i / 8] >> i % 8 & 1) != 0;
        car->visited += tile->visited ? 1 : 0;
    }
}

/* Magic, version, bytes behind the head, their checksum. */
static void write_head(uint8_t *bytes, size_t size)
{
    transfer t = {.out = bytes, .size = size};
    uint64_t version = VERSION, behind = size - AANN_CAR_SAVED_HEAD;
    uint64_t sum = aann_car_checksum(bytes + AANN_CAR_SAVED_HEAD, size - AANN_CAR_SAVED_HEAD);
    memcpy(bytes, magic, sizeof magic);
    t.place = sizeof magic;
    transfer_word(&t, &version, 4);
    transfer_word(&t, &behind, 4);
    transfer_word(&t, &sum, 8);
}

size_t aann_car_saved_size(const aann_car *car)
{
    saved_car saved;
    gather(car, &saved);
    transfer t = {.place = AANN_CAR_SAVED_HEAD};
    transfer_all(&t, &saved);
    return t.place;
}

aann_status aann_car_save(const aann_car *car, void *bytes, size_t size, aann_error *error)
{
    const size_t needed = aann_car_saved_size(car);
    if (size < needed) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "a saved car takes %zu bytes, the buffer has %zu", needed, size);
    }
    saved_car saved;
    gather(car, &saved);
    transfer t = {.out = bytes, .size = needed, .place = AANN_CAR_SAVED_HEAD};
    transfer_all(&t, &saved);
    write_head(bytes, needed);
    return AANN_OK;
}

static aann_status check_head(const uint8_t *bytes, size_t size, int32_t *version,
                              aann_error *error)
{
    if (size < AANN_CAR_SAVED_HEAD || memcmp(bytes, magic, sizeof magic) != 0) {
        return aann_fail(error, AANN_ERROR_FORMAT, "these %zu bytes are not a saved car", size);
    }
    transfer t = {.in = bytes, .size = size, .place = sizeof magic};
    uint64_t number, behind, sum;
    transfer_word(&t, &number, 4);
    transfer_word(&t, &behind, 4);
    transfer_word(&t, &sum, 8);
    if (number != VERSION && number != WITHOUT_SHOWN) {
        return aann_fail(error, AANN_ERROR_VERSION,
                         "the saved car is of version %u; this is version %d", (unsigned)number,
                         VERSION);
    }
    *version = (int32_t)number;
    if (behind != size - AANN_CAR_SAVED_HEAD ||
        sum != aann_car_checksum(bytes + AANN_CAR_SAVED_HEAD, size - AANN_CAR_SAVED_HEAD)) {
        return aann_fail(error, AANN_ERROR_FORMAT,
                         "the saved car is damaged: %zu bytes do not match their checksum", size);
    }
    return AANN_OK;
}

static void check_wheels(transfer *t, const saved_car *saved)
{
    for (int32_t i = 1; i < BODIES; i++) {
        const double dx = (double)saved->bodies[i].x - (double)saved->bodies[0].x,
                     dy = (double)saved->bodies[i].y - (double)saved->bodies[0].y;
        const double turn = (double)saved->bodies[i].angle - (double)saved->bodies[0].angle;
        if (!(aann_hypot(dx, dy) <= wheel_reach) || !(fabs(turn) <= wheel_turn)) {
            find_fault(t, "a wheel is nowhere near its place");
        }
    }
}

static aann_status draw_track_again(const saved_car *saved, aann_car_circuit *track,
                                    aann_car_random *random, aann_error *error)
{
    *random = saved->track_random;
    if (!aann_car_draw_track(track, random, TRACK_ATTEMPTS)) {
        return aann_fail(error, AANN_ERROR_FORMAT,
                         "the saved car's random numbers give no track in %d attempts",
                         TRACK_ATTEMPTS);
    }
    if (track->count != saved->tiles || hash_track(track) != saved->track_hash) {
        return aann_fail(
            error, AANN_ERROR_FORMAT,
            "the saved car's track is not the one of its random numbers: another version of aann "
            "saved it, or its bytes were changed");
    }
    return AANN_OK;
}

aann_status aann_car_restore(aann_car *car, const void *bytes, size_t size, aann_error *error)
{
    int32_t version = VERSION;
    aann_status status = check_head(bytes, size, &version, error);
    if (status != AANN_OK) {
        return status;
    }
    saved_car saved = {0};
    transfer t = {.in = bytes, .size = size, .place = AANN_CAR_SAVED_HEAD, .version = version};
    transfer_all(&t, &saved);
    if (t.place != size) {
        find_fault(&t, "it goes on behind its end");
    }
    if (saved.seeded) {
        check_wheels(&t, &saved);
    }
    if (t.fault != NULL) {
        return aann_fail(error, AANN_ERROR_FORMAT, "the saved car makes no sense: %s", t.fault);
    }
    aann_car_circuit track;
    aann_car_random random = {0};
    if (saved.seeded) {
        status = draw_track_again(&saved, &track, &random, error);
    }
    if (status == AANN_OK) {
        apply(car, &saved, &track, &random);
    }
    return status;
}

static void copy_road(aann_car_road *to, const aann_car_road *from)
{
    const size_t count = (size_t)from->count;
    to->count = from->count;
    to->reach = from->reach;
    memcpy(to->middle_x, from->middle_x, count * sizeof to->middle_x[0]);
    memcpy(to->middle_y, from->middle_y, count * sizeof to->middle_y[0]);
    memcpy(to->right_x, from->right_x, count * sizeof to->right_x[0]);
    memcpy(to->right_y, from->right_y, count * sizeof to->right_y[0]);
    memcpy(to->tiles, from->tiles, count * sizeof to->tiles[0]);
}

/* Field by field, for a car has room for ten times the tiles that it uses. */
void aann_car_copy(aann_car *to, const aann_car *from)
{
    if (to == from) {
        return;
    }
    const size_t count = (size_t)from->track.count;
    const aann_car_picture picture = to->options.picture;
    to->options = from->options;
    to->options.picture = picture;
    to->random = from->random;
    to->seeded = from->seeded;
    to->track_random = from->track_random;
    to->road_colour = from->road_colour;
    to->field_colour = from->field_colour;
    to->grass_colour = from->grass_colour;
    to->track.count = from->track.count;
    memcpy(to->track.points, from->track.points, count * sizeof to->track.points[0]);
    memcpy(to->track.border, from->track.border, count * sizeof to->track.border[0]);
    copy_road(&to->road, &from->road);
    to->vehicle = from->vehicle;
    to->total_reward = from->total_reward;
    to->previous_reward = from->previous_reward;
    to->shown_reward = from->shown_reward;
    to->time = from->time;
    to->visited = from->visited;
    to->steps = from->steps;
    to->new_lap = from->new_lap;
}
