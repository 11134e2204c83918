/* Files that are there whole or not at all, with and without files that have no name. */
#if defined(__linux__)
#define _GNU_SOURCE /* unshare */
#endif

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#if defined(__linux__)
#include <sched.h>
#include <sys/mount.h>
#endif

#include "core/atomic_file.h"
#include "support/remove_tree.h"
#include "support/test.h"

enum { PATH_SIZE = 128, NO_NAMESPACE = 77 };

typedef struct scratch {
    char folder[32];
    char path[PATH_SIZE]; /* of the file that is written */
} scratch;

static int set_up(void **state)
{
    static scratch area;
    area = (scratch){.folder = "/tmp/aann-atomic-XXXXXX"};
    assert_non_null(mkdtemp(area.folder));
    snprintf(area.path, sizeof area.path, "%s/file", area.folder);
    *state = &area;
    return 0;
}

static int tear_down(void **state)
{
    const scratch *area = *state;
    remove_tree(area->folder);
    return 0;
}

/* How many names the folder has. */
static int names(const scratch *area)
{
    int count = 0;
    DIR *folder = opendir(area->folder);
    assert_non_null(folder);
    while (readdir(folder) != NULL) {
        count++;
    }
    closedir(folder);
    return count - 2; /* . and .. */
}

static void put(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void assert_holds(const char *path, const char *text)
{
    char found[64] = "";
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_true(fread(found, 1, sizeof found - 1, file) == strlen(text));
    fclose(file);
    assert_string_equal(found, text);
}

static aann_atomic_file *begin(const scratch *area, const char *text)
{
    aann_error error;
    aann_atomic_file *file = NULL;
    assert_ok(aann_atomic_file_create(area->path, &file, &error));
    assert_ok(aann_atomic_file_write(file, text, strlen(text), &error));
    return file;
}

static void commit(aann_atomic_file *file)
{
    aann_error error;
    assert_ok(aann_atomic_file_commit(file, &error));
}

/* The old content until the commit, the new one afterwards, and nothing else. */
static void test_whole(void **state)
{
    const scratch *area = *state;
    commit(begin(area, "first"));
    assert_holds(area->path, "first");
    assert_int_equal(chmod(area->path, 0640), 0);
    aann_atomic_file *file = begin(area, "second");
    assert_holds(area->path, "first");
    commit(file);
    assert_holds(area->path, "second");
    struct stat information;
    assert_int_equal(stat(area->path, &information), 0);
    assert_int_equal(information.st_mode & 0777, 0640);
    aann_atomic_file_abandon(begin(area, "third"));
    assert_holds(area->path, "second");
    assert_int_equal(names(area), 1);
}

/* What dead processes left is removed; other names, and those of the living, stay. */
static void test_stale(void **state)
{
    const scratch *area = *state;
    static const char *const endings[] = {".999999999-0.tmp", ".999999998-17.tmp",
                                          ".999999999-0.tmp2", ".old.tmp", ".1-0.tmp"};
    char path[2 * PATH_SIZE];
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        snprintf(path, sizeof path, "%s%s", area->path, endings[i]);
        put(path, "");
    }
    commit(begin(area, "whole"));
    assert_int_equal(names(area), 4);
    for (size_t i = 2; i < sizeof endings / sizeof endings[0]; i++) {
        snprintf(path, sizeof path, "%s%s", area->path, endings[i]);
        assert_int_equal(access(path, F_OK), 0);
    }
}

#if defined(__linux__)
/* In a process that has no /proc. */
static int without_proc(const scratch *area)
{
    if ((unshare(CLONE_NEWNS) != 0 && unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) ||
        mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        mount("none", "/proc", "tmpfs", 0, NULL) != 0) {
        return NO_NAMESPACE;
    }
    assert_int_equal(access("/proc/self/fd", F_OK), -1);
    aann_atomic_file *file = begin(area, "named");
    assert_int_equal(names(area), 1); /* the temporary name */
    commit(file);
    assert_holds(area->path, "named");
    aann_atomic_file_abandon(begin(area, "abandoned"));
    assert_holds(area->path, "named");
    assert_int_equal(names(area), 1);
    return 0;
}

static void test_without_proc(void **state)
{
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        _exit(without_proc(*state));
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) == NO_NAMESPACE) {
        skip();
    }
    assert_int_equal(WEXITSTATUS(status), 0);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_whole, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_stale, set_up, tear_down),
#if defined(__linux__)
        cmocka_unit_test_setup_teardown(test_without_proc, set_up, tear_down),
#endif
    };
    return cmocka_run_group_tests_name("core: atomic files", tests, NULL, NULL);
}
