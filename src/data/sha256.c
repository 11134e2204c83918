/* SHA-256 by OpenSSL's libcrypto, which uses the processor's own instructions where there are any. */
#include "data/sha256.h"

#include <openssl/evp.h>
#include <stdbool.h>
#include <stdlib.h>

#include "core/error.h"
#include "core/memory.h"
#include "data/file_reader.h"

struct aann_sha256 {
    EVP_MD_CTX *context;
    bool failed;
};

aann_status aann_sha256_create(aann_sha256 **hash, aann_error *error)
{
    aann_sha256 *created = aann_allocate_zeroed(1, sizeof *created);
    if (created != NULL) {
        created->context = EVP_MD_CTX_new();
    }
    if (created == NULL || created->context == NULL ||
        EVP_DigestInit_ex(created->context, EVP_sha256(), NULL) != 1) {
        aann_sha256_destroy(created);
        return aann_fail(error, AANN_ERROR_MEMORY, "cannot start SHA-256");
    }
    *hash = created;
    return AANN_OK;
}

void aann_sha256_destroy(aann_sha256 *hash)
{
    if (hash != NULL) {
        EVP_MD_CTX_free(hash->context);
        free(hash);
    }
}

void aann_sha256_update(aann_sha256 *hash, const void *bytes, size_t size)
{
    if (EVP_DigestUpdate(hash->context, bytes, size) != 1) {
        hash->failed = true;
    }
}

aann_status aann_sha256_finish(aann_sha256 *hash, char text[AANN_SHA256_TEXT_SIZE], aann_error *error)
{
    static const char digits[] = "0123456789abcdef";
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    const bool good = !hash->failed && EVP_DigestFinal_ex(hash->context, digest, &size) == 1 &&
                      size == (AANN_SHA256_TEXT_SIZE - 1) / 2;
    aann_sha256_destroy(hash);
    if (!good) {
        return aann_fail(error, AANN_ERROR_MEMORY, "SHA-256 failed");
    }
    for (unsigned int i = 0; i < size; i++) {
        text[2 * i] = digits[digest[i] >> 4];
        text[2 * i + 1] = digits[digest[i] & 15];
    }
    text[2 * size] = '\0';
    return AANN_OK;
}

aann_status aann_sha256_file(const char *path, char text[AANN_SHA256_TEXT_SIZE], aann_error *error)
{
    enum { BLOCK_SIZE = 1 << 16 };
    aann_reader reader;
    aann_status status = aann_file_reader_open(path, &reader, error);
    if (status != AANN_OK) {
        return aann_fail_prefix(error, status, "%s", path);
    }
    aann_sha256 *hash;
    status = aann_sha256_create(&hash, error);
    if (status != AANN_OK) {
        reader.close(reader.context);
        return status;
    }
    uint8_t block[BLOCK_SIZE];
    size_t got = 0;
    do {
        status = reader.read(reader.context, block, sizeof block, &got, error);
        aann_sha256_update(hash, block, status == AANN_OK ? got : 0);
    } while (status == AANN_OK && got > 0);
    reader.close(reader.context);
    if (status != AANN_OK) {
        aann_sha256_destroy(hash);
        return aann_fail_prefix(error, status, "%s", path);
    }
    return aann_sha256_finish(hash, text, error);
}
