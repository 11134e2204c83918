/* Recognised by their first bytes, as names can be wrong. Text formats are recognised by how their
 * first line looks. */
#include "data/foreign.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

typedef struct foreign_format {
    const char *magic;
    size_t size;
    size_t offset;
    const char *what;
} foreign_format;

static const foreign_format formats[] = {
    {"PAR1", 4, 0,
     "is a Parquet file; convert it: python3 -c \"import pandas; "
     "pandas.read_parquet('FILE').to_csv('FILE.csv', index=False)\""},
    {"ARROW1", 6, 0,
     "is an Arrow (Feather) file; convert it: python3 -c \"import pandas; "
     "pandas.read_feather('FILE').to_csv('FILE.csv', index=False)\""},
    {"FEA1", 4, 0,
     "is a Feather file; convert it: python3 -c \"import pandas; "
     "pandas.read_feather('FILE').to_csv('FILE.csv', index=False)\""},
    {"MATLAB 5.0 MAT", 14, 0,
     "is a MATLAB file; convert it: python3 -c \"import scipy.io, numpy; m = "
     "scipy.io.loadmat('FILE'); numpy.savez('FILE.npz', x=m['X'], y=m['y'].ravel())\""},
    {"\x89HDF\r\n\x1a\n", 8, 0,
     "is an HDF5 file (.h5, or .mat of MATLAB 7.3); convert it: python3 -c \"import h5py, numpy; f = "
     "h5py.File('FILE'); numpy.savez('FILE.npz', x=f['x'][:], y=f['y'][:])\""},
    {"SQLite format 3", 15, 0,
     "is an SQLite database; write a table of it: sqlite3 -header -csv FILE 'SELECT * FROM t' > "
     "FILE.csv"},
    {"\xd0\xcf\x11\xe0", 4, 0, "is an old Excel file; save the sheet as CSV"},
    {"\x89PNG", 4, 0,
     "is a picture; name the folder in which there is a folder of pictures for each class"},
    {"\xff\xd8\xff", 3, 0,
     "is a picture; name the folder in which there is a folder of pictures for each class"},
    {"GIF8", 4, 0, "is a picture (GIF); pictures are read as PNG or JPEG, from a folder"},
    {"II*\0", 4, 0, "is a picture (TIFF); pictures are read as PNG or JPEG, from a folder"},
    {"MM\0*", 4, 0, "is a picture (TIFF); pictures are read as PNG or JPEG, from a folder"},
    {"WEBP", 4, 8, "is a picture (WebP); pictures are read as PNG or JPEG, from a folder"},
    {"WAVE", 4, 8,
     "is a sound; convert it: python3 -c \"import scipy.io.wavfile as w, numpy; "
     "numpy.save('FILE.npy', w.read('FILE')[1])\", and cut it into samples"},
    {"%PDF", 4, 0, "is a PDF document, not data"},
    {"\x89"
     "AANM",
     5, 0, "is a model of aann, not data"},
    {"version https://git-lfs", 23, 0,
     "is a pointer of Git LFS, not the file itself; fetch it: git lfs pull"},
    {"%%MatrixMarket", 14, 0,
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
    const size_t length = (size_t)bytes[26] | (size_t)bytes[27] << 8;
    char name[64] = "";
    const size_t shown = length < sizeof name - 1 ? length : sizeof name - 1;
    if (size < NAME + shown) {
        return NULL;
    }
    memcpy(name, bytes + NAME, shown);
    if (strstr(name, "data.pkl") != NULL) {
        return "is a PyTorch file; convert it: python3 -c \"import torch, numpy; t = "
               "torch.load('FILE'); numpy.savez('FILE.npz', x=t['x'], y=t['y'])\"";
    }
    return strcmp(name, "[Content_Types].xml") == 0 || strcmp(name, "mimetype") == 0
               ? "is an office document (Excel, OpenDocument); save the sheet as CSV"
               : NULL;
}

/* "1 3:0.5 7:1" */
static bool is_libsvm(const char *text)
{
    const size_t label = strspn(text, "+-.0123456789eE");
    const char *index = text + label + strspn(text + label, " ");
    const size_t digits = strspn(index, "0123456789");
    return label > 0 && index > text + label && digits > 0 && index[digits] == ':' &&
           strchr("+-.0123456789", index[digits + 1]) != NULL && index[digits + 1] != '\0';
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
    if (begins_with(start, "@relation") || strstr(text, "\n@relation") != NULL ||
        strstr(text, "\n@RELATION") != NULL) {
        return "is an ARFF file; convert it: python3 -c \"import scipy.io.arff as a, pandas; "
               "pandas.DataFrame(a.loadarff('FILE')[0]).to_csv('FILE.csv', index=False)\"";
    }
    if ((start[0] == '{' || start[0] == '[') && strpbrk(start, ":\"") != NULL) {
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
