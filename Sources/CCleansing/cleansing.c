// Memory that is given back is cleared, whoever gives it back: Swift's runtime, libpq, OpenSSL, libcurl,
// libgsasl or ourselves. So a secret that was copied on its way (a string, an array that grew, a
// library's buffer) is in memory no longer than somebody owns it.
//
// The dynamic linker finds these two functions in the executable before the C library's own, for all
// libraries; memory is still the C library's, which exports its functions under a second name.
// Sanitizers bring an allocator of their own, and other C libraries have no second names: there this
// file is empty.
#define _GNU_SOURCE
#include "CCleansing.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) \
    || __has_feature(memory_sanitizer)
#define SENDPROOF_SANITIZED 1
#endif
#endif

#include <stdlib.h>

#if defined(__GLIBC__) && !defined(SENDPROOF_SANITIZED)
#include <malloc.h>
#include <string.h>

extern void __libc_free(void *);

void free(void *block) {
    if (block == NULL) return;
    // All of it: what was asked for is not known any more, and callers may use all that there is.
    explicit_bzero(block, malloc_usable_size(block));
    __libc_free(block);
}

// The C library's own would move a block and leave the old one as it is.
void *realloc(void *block, size_t size) {
    if (block == NULL) return malloc(size);
    if (size == 0) {
        free(block);
        return NULL;
    }
    size_t usable = malloc_usable_size(block);
    if (size <= usable && size >= usable / 2) {
        explicit_bzero((char *)block + size, usable - size);
        return block;
    }
    void *moved = malloc(size);
    if (moved == NULL) return NULL;
    memcpy(moved, block, size < usable ? size : usable);
    free(block);
    return moved;
}
#endif
