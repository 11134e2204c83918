/* Convex polygons: making, weighing, and telling whether two touch.
 *
 * Corners are found by gift wrapping from the rightmost point on, so their order is the one Box2D
 * gives them: the order decides which of two equally far corners is taken further down. The touch
 * test is the algorithm of Gilbert, Johnson and Keerthi on the difference of the two shapes, a
 * simplex of one to three of its corners that walks towards the origin, in the form of Erin Catto's
 * "Computing Distance" (GDC 2010) and Box2D 2.3 (b2Distance.cpp, b2PolygonShape.cpp; zlib). */
#include "car/geometry.h"

#include <float.h>

static float length_squared(aann_car_vector a)
{
    return a.x * a.x + a.y * a.y;
}

/* The point that has all the others on its left, seen from `from`; the farthest of those in
 * line. */
static int32_t next_on_hull(const aann_car_vector *points, int32_t count, int32_t from)
{
    int32_t best = 0;
    for (int32_t j = 1; j < count; j++) {
        if (best == from) {
            best = j;
            continue;
        }
        const aann_car_vector to_best = aann_car_subtract(points[best], points[from]);
        const aann_car_vector to_j = aann_car_subtract(points[j], points[from]);
        const float turn = aann_car_cross(to_best, to_j);
        if (turn < 0.0f || (turn == 0.0f && length_squared(to_j) > length_squared(to_best))) {
            best = j;
        }
    }
    return best;
}

void aann_car_polygon_wrap(aann_car_polygon *polygon, const aann_car_vector *points, int32_t count)
{
    int32_t start = 0;
    for (int32_t i = 1; i < count; i++) {
        const bool righter = points[i].x > points[start].x;
        const bool lower = points[i].x == points[start].x && points[i].y < points[start].y;
        if (righter || lower) {
            start = i;
        }
    }
    polygon->count = 0;
    int32_t current = start;
    do {
        polygon->corners[polygon->count++] = points[current];
        current = next_on_hull(points, count, current);
    } while (current != start && polygon->count < AANN_CAR_POLYGON_CORNERS);
}

/* Sums over the triangles between the mean of the corners and each edge. */
aann_car_mass aann_car_polygon_mass(const aann_car_polygon *polygon, float density)
{
    const float third = 1.0f / 3.0f;
    aann_car_vector middle = {0.0f, 0.0f};
    for (int32_t i = 0; i < polygon->count; i++) {
        middle = aann_car_add(middle, polygon->corners[i]);
    }
    middle = aann_car_scale(1.0f / (float)polygon->count, middle);

    aann_car_vector centre = {0.0f, 0.0f};
    float area = 0.0f, inertia = 0.0f;
    for (int32_t i = 0; i < polygon->count; i++) {
        const aann_car_vector a = aann_car_subtract(polygon->corners[i], middle);
        const aann_car_vector b =
            aann_car_subtract(polygon->corners[i + 1 < polygon->count ? i + 1 : 0], middle);
        const float parallelogram = aann_car_cross(a, b);
        const float triangle = 0.5f * parallelogram;
        area += triangle;
        centre = aann_car_add(centre, aann_car_scale(triangle * third, aann_car_add(a, b)));
        const float square_x = a.x * a.x + b.x * a.x + b.x * b.x;
        const float square_y = a.y * a.y + b.y * a.y + b.y * b.y;
        inertia += (0.25f * third * parallelogram) * (square_x + square_y);
    }
    aann_car_mass mass;
    mass.mass = density * area;
    centre = aann_car_scale(1.0f / area, centre);
    mass.centre = aann_car_add(centre, middle);
    mass.inertia = density * inertia + mass.mass * (aann_car_dot(mass.centre, mass.centre) -
                                                    aann_car_dot(centre, centre));
    return mass;
}

/* A corner of the difference of two shapes: one corner of each. */
typedef struct simplex_corner {
    aann_car_vector on_fixed, on_moving;
    aann_car_vector difference; /* on_moving - on_fixed */
    float weight;               /* its share of the point nearest to the origin */
    int32_t fixed_index, moving_index;
} simplex_corner;

typedef struct simplex {
    int32_t count; /* 1: a point, 2: a segment, 3: a triangle */
    simplex_corner corners[3];
} simplex;

/* Keeps what of a segment is nearest to the origin: an end, or all of it. */
static void reduce_segment(simplex *s)
{
    const aann_car_vector w1 = s->corners[0].difference, w2 = s->corners[1].difference;
    const aann_car_vector edge = aann_car_subtract(w2, w1);
    const float part2 = -aann_car_dot(w1, edge);
    if (part2 <= 0.0f) {
        s->corners[0].weight = 1.0f;
        s->count = 1;
        return;
    }
    const float part1 = aann_car_dot(w2, edge);
    if (part1 <= 0.0f) {
        s->corners[0] = s->corners[1];
        s->corners[0].weight = 1.0f;
        s->count = 1;
        return;
    }
    const float inverse = 1.0f / (part1 + part2);
    s->corners[0].weight = part1 * inverse;
    s->corners[1].weight = part2 * inverse;
}

static void keep_point(simplex *s, int32_t i)
{
    s->corners[0] = s->corners[i];
    s->corners[0].weight = 1.0f;
    s->count = 1;
}

static void keep_edge(simplex *s, int32_t i, int32_t j, float part_i, float part_j)
{
    const float inverse = 1.0f / (part_i + part_j);
    const simplex_corner first = s->corners[i], second = s->corners[j];
    s->corners[0] = first;
    s->corners[1] = second;
    s->corners[0].weight = part_i * inverse;
    s->corners[1].weight = part_j * inverse;
    s->count = 2;
}

/* Keeps what of a triangle is nearest to the origin: a corner, an edge, or all of it (then the
 * origin is inside). */
static void reduce_triangle(simplex *s)
{
    const aann_car_vector w1 = s->corners[0].difference, w2 = s->corners[1].difference,
                          w3 = s->corners[2].difference;
    const aann_car_vector edge12 = aann_car_subtract(w2, w1), edge13 = aann_car_subtract(w3, w1),
                          edge23 = aann_car_subtract(w3, w2);
    const float d12_1 = aann_car_dot(w2, edge12), d12_2 = -aann_car_dot(w1, edge12);
    const float d13_1 = aann_car_dot(w3, edge13), d13_2 = -aann_car_dot(w1, edge13);
    const float d23_1 = aann_car_dot(w3, edge23), d23_2 = -aann_car_dot(w2, edge23);
    const float orientation = aann_car_cross(edge12, edge13);
    const float d123_1 = orientation * aann_car_cross(w2, w3);
    const float d123_2 = orientation * aann_car_cross(w3, w1);
    const float d123_3 = orientation * aann_car_cross(w1, w2);

    if (d12_2 <= 0.0f && d13_2 <= 0.0f) {
        keep_point(s, 0);
    } else if (d12_1 > 0.0f && d12_2 > 0.0f && d123_3 <= 0.0f) {
        keep_edge(s, 0, 1, d12_1, d12_2);
    } else if (d13_1 > 0.0f && d13_2 > 0.0f && d123_2 <= 0.0f) {
        keep_edge(s, 0, 2, d13_1, d13_2);
    } else if (d12_1 <= 0.0f && d23_2 <= 0.0f) {
        keep_point(s, 1);
    } else if (d13_1 <= 0.0f && d23_1 <= 0.0f) {
        keep_point(s, 2);
    } else if (d23_1 > 0.0f && d23_2 > 0.0f && d123_1 <= 0.0f) {
        keep_edge(s, 2, 1, d23_2, d23_1);
    }
}

/* Where to look for the next corner: from the nearest point towards the origin. */
static aann_car_vector search_direction(const simplex *s)
{
    const aann_car_vector w1 = s->corners[0].difference;
    if (s->count == 1) {
        return (aann_car_vector){-w1.x, -w1.y};
    }
    const aann_car_vector edge = aann_car_subtract(s->corners[1].difference, w1);
    const float turn = aann_car_cross(edge, (aann_car_vector){-w1.x, -w1.y});
    return turn > 0.0f ? (aann_car_vector){-edge.y, edge.x} : (aann_car_vector){edge.y, -edge.x};
}

static int32_t farthest(const aann_car_polygon *polygon, aann_car_vector direction)
{
    int32_t best = 0;
    float best_value = aann_car_dot(polygon->corners[0], direction);
    for (int32_t i = 1; i < polygon->count; i++) {
        const float value = aann_car_dot(polygon->corners[i], direction);
        if (value > best_value) {
            best = i;
            best_value = value;
        }
    }
    return best;
}

/* A shape with its place in the world. */
typedef struct placed {
    const aann_car_polygon *polygon;
    aann_car_vector position;
    aann_car_rotation rotation;
} placed;

static simplex_corner make_corner(const aann_car_polygon *fixed, const placed *moving,
                                  int32_t fixed_index, int32_t moving_index)
{
    simplex_corner corner;
    corner.fixed_index = fixed_index;
    corner.moving_index = moving_index;
    corner.on_fixed = fixed->corners[fixed_index];
    corner.on_moving =
        aann_car_add(aann_car_rotate(moving->rotation, moving->polygon->corners[moving_index]),
                     moving->position);
    corner.difference = aann_car_subtract(corner.on_moving, corner.on_fixed);
    corner.weight = 1.0f;
    return corner;
}

static bool has_corner(const simplex *s, const simplex_corner *corner)
{
    for (int32_t i = 0; i < s->count; i++) {
        if (s->corners[i].fixed_index == corner->fixed_index &&
            s->corners[i].moving_index == corner->moving_index) {
            return true;
        }
    }
    return false;
}

/* The distance between the two points, one on each shape, that the simplex stands for. */
static float witness_distance(const simplex *s)
{
    const simplex_corner *c = s->corners;
    if (s->count == 1) {
        return aann_car_length(aann_car_subtract(c[0].on_fixed, c[0].on_moving));
    }
    if (s->count == 3) {
        return 0.0f;
    }
    const aann_car_vector a = aann_car_add(aann_car_scale(c[0].weight, c[0].on_fixed),
                                           aann_car_scale(c[1].weight, c[1].on_fixed));
    const aann_car_vector b = aann_car_add(aann_car_scale(c[0].weight, c[0].on_moving),
                                           aann_car_scale(c[1].weight, c[1].on_moving));
    return aann_car_length(aann_car_subtract(a, b));
}

bool aann_car_polygons_touch(const aann_car_polygon *fixed, const aann_car_polygon *moving,
                             aann_car_vector position, aann_car_rotation rotation)
{
    enum { MAX_ITERATIONS = 20 };
    const placed place = {moving, position, rotation};
    simplex current;
    current.count = 1;
    current.corners[0] = make_corner(fixed, &place, 0, 0);
    for (int32_t iteration = 0; iteration < MAX_ITERATIONS; iteration++) {
        const simplex before = current; /* a corner met twice ends the walk */
        if (current.count == 2) {
            reduce_segment(&current);
        } else if (current.count == 3) {
            reduce_triangle(&current);
        }
        if (current.count == 3) {
            return true;
        }
        const aann_car_vector direction = search_direction(&current);
        if (length_squared(direction) < FLT_EPSILON * FLT_EPSILON) {
            break;
        }
        const aann_car_vector opposite = {-direction.x, -direction.y};
        const simplex_corner corner =
            make_corner(fixed, &place, farthest(fixed, opposite),
                        farthest(moving, aann_car_rotate_back(rotation, direction)));
        if (has_corner(&before, &corner)) {
            break;
        }
        current.corners[current.count++] = corner;
    }
    const float skin = 0.01f + 0.01f;
    const float distance = witness_distance(&current);
    return distance <= skin || distance - skin < 10.0f * FLT_EPSILON;
}
