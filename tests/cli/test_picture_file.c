/* Pictures in files and in the terminal: what is written is what was given. */
#include <stdio.h>
#include <unistd.h>

#include <png.h>

#include "cli/shared/picture_file.h"
#include "cli/shared/terminal_picture.h"
#include "support/test.h"

enum { WIDTH = 5, HEIGHT = 4, ENLARGE = 3 };

static void fill(uint8_t *pixels, int start)
{
    for (int i = 0; i < WIDTH * HEIGHT * 3; i++) {
        pixels[i] = (uint8_t)(start + 7 * i);
    }
}

static void make_path(char *path, size_t size, const char *ending)
{
    snprintf(path, size, "/tmp/aann-picture-%ld.%s", (long)getpid(), ending);
}

static void png_keeps_every_pixel(void **state)
{
    (void)state;
    uint8_t pixels[WIDTH * HEIGHT * 3];
    char path[128], message[256];
    fill(pixels, 3);
    make_path(path, sizeof path, "png");
    assert_true(
        picture_file_write_png(path, pixels, WIDTH, HEIGHT, ENLARGE, message, sizeof message));
    png_image image = {.version = PNG_IMAGE_VERSION};
    assert_true(png_image_begin_read_from_file(&image, path));
    assert_int_equal(image.width, WIDTH * ENLARGE);
    assert_int_equal(image.height, HEIGHT * ENLARGE);
    image.format = PNG_FORMAT_RGB;
    uint8_t read[WIDTH * ENLARGE * HEIGHT * ENLARGE * 3];
    assert_true(png_image_finish_read(&image, NULL, read, 0, NULL));
    for (int y = 0; y < HEIGHT * ENLARGE; y++) {
        for (int x = 0; x < WIDTH * ENLARGE; x++) {
            assert_memory_equal(read + (y * WIDTH * ENLARGE + x) * 3,
                                pixels + (y / ENLARGE * WIDTH + x / ENLARGE) * 3, 3);
        }
    }
    remove(path);
}

static void failures_name_the_file(void **state)
{
    (void)state;
    uint8_t pixels[WIDTH * HEIGHT * 3];
    char message[256] = "";
    fill(pixels, 0);
    assert_false(picture_file_write_png("/nonexistent/x.png", pixels, WIDTH, HEIGHT, 1, message,
                                        sizeof message));
    assert_non_null(strstr(message, "/nonexistent/x.png"));
    moving_picture *picture = moving_picture_create(WIDTH, HEIGHT, 1, 40);
    assert_non_null(picture);
    assert_true(moving_picture_add(picture, pixels, message, sizeof message));
    assert_false(moving_picture_write(picture, "/nonexistent/x.webp", message, sizeof message));
    assert_non_null(strstr(message, "/nonexistent/x.webp"));
    moving_picture_destroy(picture);
    moving_picture_destroy(NULL);
}

/* How often a chunk of this name is in the file. */
static int count_chunks(const uint8_t *bytes, size_t count, const char *name)
{
    int found = 0;
    for (size_t i = 12; i + 8 <= count;) {
        const size_t size =
            (size_t)bytes[i + 4] | (size_t)bytes[i + 5] << 8 | (size_t)bytes[i + 6] << 16;
        found += memcmp(bytes + i, name, 4) == 0;
        i += 8 + size + size % 2;
    }
    return found;
}

static void webp_has_every_frame(void **state)
{
    (void)state;
    uint8_t pixels[WIDTH * HEIGHT * 3];
    char path[128], message[256] = "";
    moving_picture *picture = moving_picture_create(WIDTH, HEIGHT, ENLARGE, 40);
    assert_non_null(picture);
    for (int frame = 0; frame < 6; frame++) {
        fill(pixels, 40 * frame);
        assert_true(moving_picture_add(picture, pixels, message, sizeof message));
    }
    make_path(path, sizeof path, "webp");
    assert_true(moving_picture_write(picture, path, message, sizeof message));
    moving_picture_destroy(picture);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    static uint8_t bytes[65536];
    const size_t count = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    remove(path);
    assert_true(count > 100 && memcmp(bytes, "RIFF", 4) == 0 && memcmp(bytes + 8, "WEBP", 4) == 0);
    assert_int_equal(count_chunks(bytes, count, "ANIM"), 1);
    assert_int_equal(count_chunks(bytes, count, "ANMF"), 6);
}

static void terminal_cells_show_two_pixels(void **state)
{
    (void)state;
    const uint8_t pixels[2 * 3] = {10, 20, 30, 40, 50, 60}; /* one above the other */
    char text[256] = "";
    FILE *file = tmpfile();
    assert_non_null(file);
    terminal_picture_write(file, pixels, 1, 2, 1);
    rewind(file);
    assert_true(fread(text, 1, sizeof text - 1, file) > 0);
    fclose(file);
    assert_string_equal(text, "\033[38;2;10;20;30m\033[48;2;40;50;60m\xe2\x96\x80\033[0m\n");
    assert_int_equal(terminal_picture_lines(96, 1), 48);
    assert_int_equal(terminal_picture_lines(96, 2), 24);
    assert_int_equal(terminal_picture_lines(95, 1), 48);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(png_keeps_every_pixel), cmocka_unit_test(failures_name_the_file),
        cmocka_unit_test(webp_has_every_frame), cmocka_unit_test(terminal_cells_show_two_pixels)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
