/* Draws a random track, number for number as Gymnasium's CarRacing does (car_racing.py,
 * _create_track; MIT).
 *
 * Twelve checkpoints lie round the field at random angles and distances. A point walks from one to
 * the next, turning towards it by a limited angle per step, for five rounds; the second-last
 * crossing of the start line to the last one is the track. It is refused if its ends do not meet.
 * Tiles of hard turns, four in a row to the same side, get a kerb.
 *
 * All arithmetic is in double and in the order in which Python does it: a last bit here moves the
 * whole track. */
#include "car/track.h"

#include <math.h>
#include <string.h>

#include "car/constants.h"
#include "core/trigonometry.h"

enum { CHECKPOINTS = 12, KERB_MIN_COUNT = 4 };

static const double pi = 3.141592653589793;

typedef struct checkpoint {
    double alpha, x, y;
} checkpoint;

static void draw_checkpoints(checkpoint points[CHECKPOINTS], aann_car_random *random)
{
    for (int c = 0; c < CHECKPOINTS; c++) {
        /* Both numbers are drawn for every checkpoint, also where they are overwritten. */
        const double noise = aann_car_random_uniform(random, 0.0, 2.0 * pi * 1.0 / CHECKPOINTS);
        double alpha = 2.0 * pi * c / CHECKPOINTS + noise;
        double radius =
            aann_car_random_uniform(random, AANN_CAR_TRACK_RADIUS / 3.0, AANN_CAR_TRACK_RADIUS);
        if (c == 0) {
            alpha = 0.0;
            radius = 1.5 * AANN_CAR_TRACK_RADIUS;
        }
        if (c == CHECKPOINTS - 1) {
            alpha = 2.0 * pi * c / CHECKPOINTS;
            radius = 1.5 * AANN_CAR_TRACK_RADIUS;
        }
        points[c] = (checkpoint){alpha, radius * aann_cos(alpha), radius * aann_sin(alpha)};
    }
}

/* The next checkpoint that lies ahead of `alpha`; goes round once more, a turn lower, if none
 * does. */
static const checkpoint *find_destination(const checkpoint points[CHECKPOINTS], int32_t *index,
                                          double *alpha)
{
    for (;;) {
        do {
            const checkpoint *candidate = &points[*index % CHECKPOINTS];
            if (*alpha <= candidate->alpha) {
                return candidate;
            }
            *index += 1;
        } while (*index % CHECKPOINTS != 0);
        *alpha -= 2.0 * pi;
    }
}

/* Walks past the checkpoints for five rounds; returns how many points it took. */
static int32_t walk(aann_car_point points[AANN_CAR_MAX_TILES],
                    const checkpoint checkpoints[CHECKPOINTS])
{
    double x = 1.5 * AANN_CAR_TRACK_RADIUS, y = 0.0, beta = 0.0;
    int32_t destination = 0, laps = 0, count = 0;
    bool visited_other_side = false;
    while (count < AANN_CAR_MAX_TILES && laps <= 4) {
        double alpha = aann_atan2(y, x);
        if (visited_other_side && alpha > 0.0) {
            laps++;
            visited_other_side = false;
        }
        if (alpha < 0.0) {
            visited_other_side = true;
            alpha += 2.0 * pi;
        }
        const checkpoint *target = find_destination(checkpoints, &destination, &alpha);

        double right_x, right_y;
        aann_sin_cos(beta, &right_y, &right_x);
        double offset = right_x * (target->x - x) + right_y * (target->y - y);
        while (beta - alpha > 1.5 * pi) {
            beta -= 2.0 * pi;
        }
        while (beta - alpha < -1.5 * pi) {
            beta += 2.0 * pi;
        }
        const double previous_beta = beta;
        offset *= AANN_CAR_SCALE;
        const double turn = fmin(AANN_CAR_TRACK_TURN_RATE, fabs(0.001 * offset));
        if (offset > 0.3) {
            beta -= turn;
        }
        if (offset < -0.3) {
            beta += turn;
        }
        x += -right_y * AANN_CAR_TRACK_DETAIL_STEP;
        y += right_x * AANN_CAR_TRACK_DETAIL_STEP;
        points[count++] = (aann_car_point){alpha, previous_beta * 0.5 + beta * 0.5, x, y};
    }
    return count;
}

/* Finds the last whole round between two crossings of the start line: points[*first .. *last). */
static bool find_loop(const aann_car_point *points, int32_t count, int32_t *first, int32_t *last)
{
    const double start_alpha = 2.0 * pi * -0.5 / CHECKPOINTS;
    *last = -1;
    for (int32_t i = count - 1; i > 0; i--) {
        if (points[i].alpha > start_alpha && points[i - 1].alpha <= start_alpha) {
            if (*last < 0) {
                *last = i;
            } else {
                *first = i;
                return true;
            }
        }
    }
    return false;
}

/* The jump from the tail to the head, measured across the road, must not be longer than a step. */
static bool ends_meet(const aann_car_point *points, int32_t count)
{
    const aann_car_point *head = &points[0], *tail = &points[count - 1];
    const double jump_x = aann_cos(head->beta) * (head->x - tail->x);
    const double jump_y = aann_sin(head->beta) * (head->y - tail->y);
    return !(sqrt(jump_x * jump_x + jump_y * jump_y) > AANN_CAR_TRACK_DETAIL_STEP);
}

static double sign_of(double value)
{
    return (value > 0.0) - (value < 0.0);
}

/* An index counted back from the start goes on at the end, as in Python. */
static int32_t wrap(int32_t i, int32_t count)
{
    return i < 0 ? i + count : i;
}

static void mark_kerbs(aann_car_circuit *track)
{
    const int32_t count = track->count;
    for (int32_t i = 0; i < count; i++) {
        bool good = true;
        double side = 0.0;
        for (int32_t back = 0; back < KERB_MIN_COUNT; back++) {
            const double turn = track->points[wrap(i - back, count)].beta -
                                track->points[wrap(i - back - 1, count)].beta;
            good = good && fabs(turn) > AANN_CAR_TRACK_TURN_RATE * 0.2;
            side += sign_of(turn);
        }
        track->border[i] = good && fabs(side) == KERB_MIN_COUNT;
    }
    for (int32_t i = 0; i < count; i++) {
        for (int32_t back = 0; back < KERB_MIN_COUNT; back++) {
            const int32_t j = wrap(i - back, count);
            track->border[j] = track->border[j] || track->border[i];
        }
    }
}

bool aann_car_track_generate(aann_car_circuit *track, aann_car_random *random)
{
    checkpoint checkpoints[CHECKPOINTS];
    draw_checkpoints(checkpoints, random);
    const int32_t walked = walk(track->points, checkpoints);
    int32_t first, last;
    /* Fewer than five points could not be looked at for kerbs; no real track is that short. */
    if (!find_loop(track->points, walked, &first, &last) || last - 1 - first <= KERB_MIN_COUNT) {
        return false;
    }
    track->count = last - 1 - first;
    memmove(track->points, track->points + first, (size_t)track->count * sizeof track->points[0]);
    if (!ends_meet(track->points, track->count)) {
        return false;
    }
    mark_kerbs(track);
    return true;
}

/* The points `distance` metres to the left and to the right of a centre point. */
static void sides_of(const aann_car_point *point, double distance, aann_car_corner *left,
                     aann_car_corner *right)
{
    double right_x, right_y;
    aann_sin_cos(point->beta, &right_y, &right_x);
    *left = (aann_car_corner){point->x - distance * right_x, point->y - distance * right_y};
    *right = (aann_car_corner){point->x + distance * right_x, point->y + distance * right_y};
}

void aann_car_track_tile(const aann_car_circuit *track, int32_t i, aann_car_corner corners[4])
{
    const aann_car_point *here = &track->points[i],
                         *before = &track->points[wrap(i - 1, track->count)];
    sides_of(here, AANN_CAR_TRACK_WIDTH, &corners[0], &corners[1]);
    sides_of(before, AANN_CAR_TRACK_WIDTH, &corners[3], &corners[2]);
}
