#define _GNU_SOURCE
#include "CLinux.h"
#include <sys/prctl.h>
#include <time.h>

static _Thread_local void *current_loop;

__attribute__((noinline)) void *sendproof_thread_loop(void) { return current_loop; }
__attribute__((noinline)) void sendproof_set_thread_loop(void *loop) { current_loop = loop; }

uint64_t sendproof_monotonic_nanoseconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000ull + (uint64_t)t.tv_nsec;
}

int sendproof_forbid_core_dumps(void) {
    struct rlimit none = {0, 0};
    if (setrlimit(RLIMIT_CORE, &none) != 0) return -1;
    return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

uint64_t sendproof_raise_descriptor_limit(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 1024;
    if (limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
        getrlimit(RLIMIT_NOFILE, &limit);
    }
    return limit.rlim_cur;
}

int sendproof_accept(int listener, struct sockaddr *address, socklen_t *size) {
    return accept4(listener, address, size, SOCK_CLOEXEC | SOCK_NONBLOCK);
}
