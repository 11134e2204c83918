/* aann gallery: the networks that come with aann. */
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>

#include "aann/model.h"
#include "cli/commands/command.h"
#include "cli/commands/model_file.h"
#include "cli/shared/gallery.h"
#include "cli/shared/json.h"
#include "cli/shared/message.h"
#include "cli/shared/options.h"
#include "cli/shared/output.h"
#include "cli/shared/report.h"
#include "cli/shared/text.h"

static const char description[] =
    "Lists the networks that come with aann: what each is, its size, and how good\n"
    "it is. With a NAME it shows that one: its layers, and where it came from;\n"
    "with --out it writes a copy of its model file.\n"
    "\n"
    "Every command that takes a model takes gallery:NAME as well:\n"
    "\n"
    "  aann gallery\n"
    "  aann drive gallery:driver --track 1007\n"
    "  aann predict gallery:mnist --data mnist:test\n"
    "  aann export c gallery:signal --out signal.h\n"
    "  aann gallery driver --out driver.aannm\n";

/* A member and its model. */
typedef struct exhibit {
    const cli_gallery *gallery;
    size_t index;
    char path[CLI_GALLERY_PATH];
    int64_t bytes;
    aann_model *model;
} exhibit;

static aann_status open_exhibit(const cli_gallery *gallery, size_t index, exhibit *e,
                                aann_error *error)
{
    *e = (exhibit){.gallery = gallery, .index = index};
    aann_status status = cli_gallery_path(gallery, index, e->path, error);
    if (status == AANN_OK) {
        status = aann_model_load(e->path, &e->model, error);
    }
    struct stat information = {0};
    e->bytes = stat(e->path, &information) == 0 ? (int64_t)information.st_size : 0;
    return status;
}

/* Percent of the weights that are 0. */
static double zeros(const aann_spec *spec)
{
    int64_t zero = 0, all = 0;
    for (int32_t i = 0; i < spec->layer_count; i++) {
        const aann_counts counts = aann_spec_counts(spec, i);
        zero += counts.zero;
        all += counts.minus + counts.zero + counts.plus;
    }
    return all > 0 ? 100.0 * (double)zero / (double)all : 0.0;
}

static void print_exhibit(const exhibit *e)
{
    const aann_spec *spec = aann_network_spec(aann_model_network(e->model));
    cli_print("%-11s %s\n", cli_gallery_text(e->gallery, e->index, "name"),
              cli_gallery_text(e->gallery, e->index, "title"));
    cli_print("%-11s %s\n", "", cli_gallery_text(e->gallery, e->index, "figure"));
    cli_print("%-11s %" PRId64 " bytes, %.1f %% zeros\n", "", e->bytes, zeros(spec));
    cli_print("%-11s %s\n", "", cli_gallery_text(e->gallery, e->index, "use"));
}

static json_t *exhibit_json(const exhibit *e)
{
    const aann_network *network = aann_model_network(e->model);
    json_t *object = json_copy(json_array_get(e->gallery->members, e->index));
    json_object_set_new(object, "path", cli_json_text(e->path));
    json_object_set_new(object, "bytes", json_integer(e->bytes));
    json_object_set_new(object, "spec", cli_json_text(aann_network_spec(network)->text));
    json_object_set_new(object, "zeros", cli_json_real(zeros(aann_network_spec(network))));
    json_object_set_new(object, "hash", cli_json_hash(aann_network_hash(network)));
    return object;
}

static aann_status list(const cli_gallery *gallery, bool json, aann_error *error)
{
    json_t *all = json_array();
    aann_status status = AANN_OK;
    for (size_t i = 0; status == AANN_OK && i < json_array_size(gallery->members); i++) {
        exhibit e;
        status = open_exhibit(gallery, i, &e, error);
        if (status == AANN_OK && json) {
            json_array_append_new(all, exhibit_json(&e));
        } else if (status == AANN_OK) {
            if (i > 0) {
                putchar('\n');
            }
            print_exhibit(&e);
        }
        aann_model_destroy(e.model);
    }
    if (status == AANN_OK && json) {
        cli_print_json(json_pack("{s:s, s:O}", "folder", gallery->folder, "gallery", all));
    }
    json_decref(all);
    return status;
}

static aann_status show_one(const cli_gallery *gallery, size_t index, bool json, aann_error *error)
{
    exhibit e;
    const aann_status status = open_exhibit(gallery, index, &e, error);
    if (status == AANN_OK && json) {
        cli_print_json(exhibit_json(&e));
    } else if (status == AANN_OK) {
        print_exhibit(&e);
        putchar('\n');
        model_file_print(e.model, e.path);
    }
    aann_model_destroy(e.model);
    return status;
}

/* The same model gives the same bytes, so the copy is that of the file, and a damaged file is not
 * copied. */
static aann_status copy(const cli_gallery *gallery, size_t index, const cli_output *output,
                        bool json, aann_error *error)
{
    exhibit e;
    aann_status status = open_exhibit(gallery, index, &e, error);
    if (status == AANN_OK) {
        status = aann_model_save(e.model, output->path, error);
    }
    if (status == AANN_OK && json) {
        json_t *object = exhibit_json(&e);
        json_object_set_new(object, "path", cli_json_text(output->path));
        cli_print_json(object);
    } else if (status == AANN_OK) {
        cli_print_to(output->messages, "%s: %s, %" PRId64 " bytes, hash %016" PRIx64 "\n",
                     output->is_standard ? "standard output" : output->path,
                     aann_network_spec(aann_model_network(e.model))->text, e.bytes,
                     aann_network_hash(aann_model_network(e.model)));
    }
    aann_model_destroy(e.model);
    return status;
}

int cli_gallery_command(int count, char **texts)
{
    const char *path = NULL, *name;
    bool json = false;
    const cli_option options[] = {
        {"out", CLI_TEXT, &path, 0, 0, "FILE",
         "with a NAME: write a copy there; -: the standard output", NULL},
        {0},
    };
    const cli_syntax syntax = {"gallery", "[NAME] [OPTIONS]", description, options, &name, 0, 1,
                               &json};
    int status;
    cli_output output;
    if (!cli_parse(&syntax, count, texts, &status)) {
        return status;
    }
    if (path != NULL && name == NULL) {
        return cli_usage_error("gallery: --out needs a NAME: which network to copy");
    }
    if (!cli_output_begin("gallery", path, json, &output, &status)) {
        return status;
    }
    aann_error error;
    cli_gallery gallery;
    size_t index = 0;
    aann_status done = cli_gallery_open(&gallery, &error);
    if (done == AANN_OK && name != NULL) {
        done = cli_gallery_find(&gallery, name, &index, &error);
    }
    if (done == AANN_OK) {
        done = name == NULL   ? list(&gallery, json, &error)
               : path != NULL ? copy(&gallery, index, &output, json, &error)
                              : show_one(&gallery, index, json, &error);
    }
    done = cli_output_end(&output, done, &error);
    cli_gallery_close(&gallery);
    return done == AANN_OK ? cli_finish_output(CLI_GOOD) : cli_fail(&error);
}
