#pragma once
#include <argon2.h>
#include <stddef.h>

/// The memory that libargon2 is to use for the hash under way on this thread: its allocation
/// callback carries no context, and it is called on the hashing thread only.
struct sendproof_argon2_memory {
    uint8_t *start;
    size_t size;
};

static inline struct sendproof_argon2_memory *sendproof_argon2_current(void) {
    static _Thread_local struct sendproof_argon2_memory current;
    return &current;
}

static inline int sendproof_argon2_take(uint8_t **memory, size_t size) {
    struct sendproof_argon2_memory *current = sendproof_argon2_current();
    *memory = size <= current->size ? current->start : NULL;
    return *memory == NULL ? ARGON2_MEMORY_ALLOCATION_ERROR : ARGON2_OK;
}

static inline void sendproof_argon2_give_back(uint8_t *memory, size_t size) {
    (void)memory;
    (void)size;
}

/// Argon2id in memory of the caller, which libargon2 wipes before it returns.
static inline int sendproof_argon2id(argon2_context *context, void *memory, size_t size) {
    struct sendproof_argon2_memory *current = sendproof_argon2_current();
    current->start = (uint8_t *)memory;
    current->size = size;
    context->allocate_cbk = sendproof_argon2_take;
    context->free_cbk = sendproof_argon2_give_back;
    int result = argon2_ctx(context, Argon2_id);
    current->start = NULL;
    current->size = 0;
    return result;
}
