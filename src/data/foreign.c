/* Recognised by their first bytes, as names can be wrong. Text formats are recognised by how their
 * first line looks. */
#include "data/foreign.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

typedef struct foreign_format {
    const char *magic;
    size_t size;
    size_t offset;
    bool is_binary; /* bytes that no text has follow; the mark alone may begin a table's header */
    const char *what;
} foreign_format;

static const foreign_format formats[] = {
    {"PAR1", 4, 0, true,
     "is a Parquet file; convert it: python3 -c \"import pandas; "
     "pandas.read_parquet('FILE').to_csv('FILE.csv', index=False)\""},
    {"ARROW1", 6, 0, true,
     "is an Arrow (Feather) file; convert it: python3 -c \"import pandas; "
     "pandas.read_feather('FILE').to_csv('FILE.csv', index=False)\""},
    {"FEA1", 4, 0, true,
     "is a Feather file; convert it: python3 -c \"import pandas; "
     "pandas.read_feather('FILE').to_csv('FILE.csv', index=False)\""},
    {"MATLAB 5.0 MAT", 14, 0, false,
     "is a MATLAB file; convert it: python3 -c \"import scipy.io, numpy; m = "
     "scipy.io.loadmat('FILE'); numpy.savez('FILE.npz', x=m['X'], y=m['y'].ravel())\""},
    {"\x89HDF\r\n\x1a\n", 8, 0, false,
     "is an HDF5 file (.h5, or .mat of MATLAB 7.3); convert it: python3 -c \"import h5py, numpy; f = "
     "h5py.File('FILE'); numpy.savez('FILE.npz', x=f['x'][:], y=f['y'][:])\""},
    {"SQLite format 3", 15, 0, true,
     "is an SQLite database; write a table of it: sqlite3 -header -csv FILE 'SELECT * FROM t' > "
     "FILE.csv"},
    {"\xd0\xcf\x11\xe0", 4, 0, false, "is an old Excel file; save the sheet as CSV"},
    {"\x89PNG", 4, 0, false,
     "is a picture; name the folder in which there is a folder of pictures for each class"},
    {"\xff\xd8\xff", 3, 0, false,
     "is a picture; name the folder in which there is a folder of pictures for each class"},
    {"GIF87a", 6, 0, false, "is a picture (GIF); pictures are read as PNG or JPEG, from a folder"},
    {"GIF89a", 6, 0, false, "is a picture (GIF); pictures are read as PNG or JPEG, from a folder"},
    {"II*\0", 4, 0, false, "is a picture (TIFF); pictures are read as PNG or JPEG, from a folder"},
    {"MM\0*", 4, 0, false, "is a picture (TIFF); pictures are read as PNG or JPEG, from a folder"},
    {"WEBP", 4, 8, true, "is a picture (WebP); pictures are read as PNG or JPEG, from a folder"},
    {"WAVE", 4, 8, true,
     "is a sound; convert it: python3 -c \"import scipy.io.wavfile as w, numpy; "
     "numpy.save('FILE.npy', w.read('FILE')[1])\", and cut it into samples"},
    {"%PDF-", 5, 0, false, "is a PDF document, not data"},
    {"\x89"
     "AANM",
     5, 0, false, "is a model of aann, not data"},
    {"version https://git-lfs", 23, 0, false,
     "is a pointer of Git LFS, not the file itself; fetch it: git lfs pull"},
    {"%%MatrixMarket", 14, 0, false,
     "is a Matrix Market file; convert it: python3 -c \"import scipy.io, numpy; "
     "numpy.savez('FILE.npz', x=scipy.io.mmread('FILE').toarray())\", and add the labels as y"},
};

/* The protocols of pickle, which begin with 0x80 and their number. */
static bool is_pickle(const uint8_t *bytes, size_t size)
{
    return size >= 3 && bytes[0] == 0x80 && bytes[1] >= 2 && bytes[1] <= 5;
}

static bool begins_with(const char *text, const char *word)
{
    return strncasecmp(text, word, strlen(word)) == 0;
}

/* Documents that are zip archives, by the name of their first file. */
static const char *describe_zip(const uint8_t *bytes, size_t size)
{
    enum { NAME = 30 };
    if (size < NAME || memcmp(bytes, "PK\x03\x04", 4) != 0) {
        return NULL;
    }
    static const char torch[] = "/data.pkl";
    const size_t length = (size_t)bytes[26] | (size_t)bytes[27] << 8;
    const size_t end = sizeof torch - 1;
    char name[64] = "";
    const size_t shown = length < sizeof name - 1 ? length : sizeof name - 1;
    if (size < NAME + shown) {
        return NULL;
    }
    memcpy(name, bytes + NAME, shown);
    if (length > end && size >= NAME + length &&
        memcmp(bytes + NAME + length - end, torch, end) == 0) {
        return "is a PyTorch file; convert it: python3 -c \"import torch, numpy; t = "
               "torch.load('FILE'); numpy.savez('FILE.npz', x=t['x'], y=t['y'])\"";
    }
    return strcmp(name, "[Content_Types].xml") == 0 || strcmp(name, "mimetype") == 0
               ? "is an office document (Excel, OpenDocument); save the sheet as CSV"
               : NULL;
}

/* Control characters that no text has. */
static bool has_binary(const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (bytes[i] < ' ' && strchr("\t\n\v\f\r\x1a\x1b", bytes[i]) == NULL) {
            return true;
        }
        if (bytes[i] == '\0') {
            return true;
        }
    }
    return false;
}

static size_t digits_of(const char *text)
{
    return strspn(text, "0123456789");
}

static size_t number_of(const char *text)
{
    const size_t length = strspn(text, "+-.0123456789eE");
    return digits_of(text + strspn(text, "+-.")) > 0 ? length : 0;
}

/* Whether the line is "1 3:0.5 7:1": a label and pairs whose indices ascend, and nothing else, up to
 * a comment. A table with times, "1 12:30 0.5", has other cells, too; "1 12:30" alone says
 * nothing: *certain stays as it is. */
static bool is_libsvm_line(const char *text, bool *certain)
{
    const char *at = text + number_of(text);
    long before = -1;
    int pairs = 0;
    if (at == text || (*at != ' ' && *at != '\t')) {
        return false;
    }
    for (at += strspn(at, " \t\r"); *at != '\0' && *at != '#'; at += strspn(at, " \t\r")) {
        if (strncmp(at, "qid:", 4) == 0) {
            at += 4 + digits_of(at + 4);
            *certain = true;
            continue;
        }
        const size_t digits = digits_of(at);
        const size_t value = digits > 0 && at[digits] == ':' ? number_of(at + digits + 1) : 0;
        char *end;
        const long index = strtol(at, &end, 10);
        const char *behind = at + digits + 1 + value;
        if (value == 0 || index <= before || strchr(" \t\r", *behind) == NULL) {
            return false;
        }
        *certain = *certain || digits != 2 || value != 2; /* no time of day */
        before = index;
        pairs++;
        at = behind;
    }
    *certain = *certain || pairs > 1;
    return true;
}

/* Whether all whole lines are those of libsvm. A line may be cut only if it is the first. */
static bool is_libsvm(const char *text)
{
    enum { LINE_SIZE = 513 };
    char line[LINE_SIZE];
    bool certain = false;
    for (bool first = true; *text != '\0'; first = false) {
        size_t length = strcspn(text, "\n");
        const bool whole = text[length] == '\n';
        if (!whole && !first) {
            break;
        }
        memcpy(line, text, length);
        while (!whole && length > 0 && line[length - 1] != ' ') {
            length--; /* a pair that may be cut */
        }
        line[length] = '\0';
        if (strspn(line, " \t\r") < length && !is_libsvm_line(line, &certain)) {
            return false;
        }
        text += strcspn(text, "\n");
        text += *text == '\n' ? 1 : 0;
    }
    return certain;
}

/* An object or a list of what JSON has; "[mm],[V]" is the header of a table. */
static bool is_json(const char *text)
{
    const char *inside = text[0] != '\0' ? text + 1 : text;
    inside += strspn(inside, " \t\r\n");
    return (text[0] == '{' && (*inside == '"' || *inside == '}')) ||
           (text[0] == '[' && (*inside == '{' || *inside == '[' || *inside == '"'));
}

/* Of text that is no table. */
static const char *describe_text(const char *text)
{
    const char *start = text + strspn(text, " \t\r\n");
    if (begins_with(start, "<!doctype html") || begins_with(start, "<html")) {
        return "is an HTML page, perhaps the message of a server that did not find the file; fetch it "
               "again";
    }
    if (begins_with(start, "<?xml")) {
        return "is an XML document; write its values as CSV";
    }
    if (begins_with(start, "@relation ") || strstr(text, "\n@relation ") != NULL ||
        strstr(text, "\n@RELATION ") != NULL) {
        return "is an ARFF file; convert it: python3 -c \"import scipy.io.arff as a, pandas; "
               "pandas.DataFrame(a.loadarff('FILE')[0]).to_csv('FILE.csv', index=False)\"";
    }
    if (is_json(start)) {
        return "is JSON; convert it: python3 -c \"import pandas; "
               "pandas.read_json('FILE').to_csv('FILE.csv', index=False)\"";
    }
    if (is_libsvm(start)) {
        return "is a file in the format of libsvm; convert it: python3 -c \"import "
               "sklearn.datasets as d, numpy; x, y = d.load_svmlight_file('FILE'); "
               "numpy.savez('FILE.npz', x=x.toarray(), y=y)\"";
    }
    return NULL;
}

const char *aann_foreign_describe(const uint8_t *bytes, size_t size)
{
    enum { TEXT_SIZE = 512 };
    char text[TEXT_SIZE + 1];
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        const foreign_format *format = &formats[i];
        if (format->is_binary && !has_binary(bytes, size)) {
            continue;
        }
        if (size >= format->offset + format->size &&
            memcmp(bytes + format->offset, format->magic, format->size) == 0) {
            return format->what;
        }
    }
    const char *document = describe_zip(bytes, size);
    if (document != NULL) {
        return document;
    }
    if (is_pickle(bytes, size)) {
        return "is a pickle of Python; convert it where it is trusted: python3 -c \"import pandas; "
               "pandas.read_pickle('FILE').to_csv('FILE.csv', index=False)\"";
    }
    const size_t length = size < TEXT_SIZE ? size : TEXT_SIZE;
    memcpy(text, bytes, length);
    text[length] = '\0';
    return describe_text(text);
}
